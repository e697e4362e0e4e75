//! What can be said of a change: `cargo xtask diff --rules` prints this list.

use clap::ValueEnum;

use super::level::{Direction, Level};

/// A kind of change. Its name in kebab case is its stable id, its first line what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum)]
pub enum Rule {
    /// A call can be made no longer
    OperationRemoved,
    /// A call is new
    OperationAdded,
    /// A call has moved to another path or method
    OperationMoved,
    /// A call, and so its method in Rust, has another name
    OperationIdChanged,
    /// A call, parameter, header or field is marked as deprecated, or no longer is
    DeprecationChanged,
    /// A call reaches another server
    ServerRemoved,
    /// A call can be sent to a further server
    ServerAdded,

    /// A credential that was enough is no longer
    SecurityTightened,
    /// A further credential is enough
    SecurityLoosened,
    /// A credential is sent in another way or place
    SecuritySchemeChanged,
    /// A scheme can be named no longer
    SecuritySchemeRemoved,
    /// A scheme is new
    SecuritySchemeAdded,
    /// A scope can be asked for no longer
    ScopeRemoved,
    /// A scope is new
    ScopeAdded,

    /// A parameter is known no longer
    ParameterRemoved,
    /// A parameter is new and may be left out
    OptionalParameterAdded,
    /// A parameter is new and has to be given
    RequiredParameterAdded,
    /// A parameter has to be given now
    ParameterRequired,
    /// A parameter may be left out now
    ParameterOptional,
    /// A parameter travels elsewhere: in the path, the query, a header or a cookie
    ParameterMoved,
    /// A parameter has another name
    ParameterRenamed,
    /// A parameter of the path has another name
    PathParameterRenamed,
    /// A parameter, header or part is written in another way (style, explode, reserved characters)
    SerializationChanged,
    /// A parameter may be given without a value now
    EmptyValueAllowed,
    /// A parameter has to have a value now
    EmptyValueRefused,

    /// A call takes no body any longer
    RequestBodyRemoved,
    /// A call takes a body now, which may be left out
    OptionalRequestBodyAdded,
    /// A call wants a body now
    RequiredRequestBodyAdded,
    /// The body has to be sent now
    RequestBodyRequired,
    /// The body may be left out now
    RequestBodyOptional,
    /// A body can have this media type no longer
    MediaTypeRemoved,
    /// A body can have a further media type
    MediaTypeAdded,

    /// A success is documented no longer
    SuccessRemoved,
    /// A success has a further status
    SuccessAdded,
    /// A refusal is documented no longer
    RefusalRemoved,
    /// A refusal is documented that was not; the client has always had to expect it
    RefusalAdded,
    /// A status is described of its own that its range, such as `2XX`, stood for
    StatusSplit,
    /// A status is described by its range, such as `2XX`, and was of its own
    StatusMerged,
    /// A header of a response is gone
    HeaderRemoved,
    /// A header of a response is new
    HeaderAdded,
    /// A header is always there now
    HeaderRequired,
    /// A header is not always there any longer
    HeaderOptional,
    /// A callback or webhook is new
    CallbackAdded,
    /// A callback or webhook is gone
    CallbackRemoved,
    /// A link is new
    LinkAdded,
    /// A link is gone
    LinkRemoved,

    /// A schema that nothing refers to, and no other is equal to, can be named no longer
    SchemaRemoved,
    /// A schema is new that nothing refers to
    SchemaAdded,
    /// A part that no call uses has changed
    UnusedPartChanged,
    /// A value is of another type
    TypeChanged,
    /// A value is of fewer types
    TypeNarrowed,
    /// A value is of more types
    TypeWidened,
    /// A value may be null that was always there
    NullAllowed,
    /// A field that could be absent may be null as well, which this crate reads as the same
    NullAllowedOnOptional,
    /// A value may be null no longer
    NullRefused,
    /// A field is known no longer
    FieldRemoved,
    /// A field has another name
    FieldRenamed,
    /// A field is new and may be left out
    OptionalFieldAdded,
    /// A field is new and has to be given
    RequiredFieldAdded,
    /// A field is always there, or has to be given, now
    FieldRequired,
    /// A field may be left out now
    FieldOptional,
    /// A field cannot be written any longer
    FieldReadOnly,
    /// A field is not read any longer
    FieldWriteOnly,
    /// A field can be written now
    FieldWritable,
    /// A field can be read now
    FieldReadable,
    /// A value can be chosen no longer
    EnumValueRemoved,
    /// A value can be chosen that could not
    EnumValueAdded,
    /// Only listed values are valid now
    EnumSet,
    /// Any value is valid where there was a list, whose names go
    EnumUnset,
    /// A limit is new or tighter
    LimitTightened,
    /// A limit is gone or looser
    LimitLoosened,
    /// A pattern is new
    PatternSet,
    /// A pattern is gone
    PatternUnset,
    /// A pattern is another
    PatternChanged,
    /// A text or number has a format now
    FormatSet,
    /// A text or number has a format no longer
    FormatUnset,
    /// A text or number has another format
    FormatChanged,
    /// A number has a narrower format
    FormatNarrowed,
    /// A number has a wider format
    FormatWidened,
    /// The value that stands for one left out has changed: a request without it means something else
    DefaultChanged,
    /// Members beyond the listed ones are refused now
    FurtherMembersRefused,
    /// Members beyond the listed ones are taken now
    FurtherMembersAllowed,
    /// A rule for members by the form of their names, or one for a place in a list, is new
    MemberRuleSet,
    /// A rule for members by the form of their names, or one for a place in a list, is gone
    MemberRuleUnset,
    /// A member asks for another one now
    DependencySet,
    /// A member asks for another one no longer
    DependencyUnset,
    /// A union has a variant less
    VariantRemoved,
    /// A union has a variant more
    VariantAdded,
    /// One variant has to match and no other, where any could
    UnionExclusive,
    /// Any variant can match, where it had to be one and no other
    UnionInclusive,
    /// A union is told apart by another member or other values
    DiscriminatorChanged,

    /// Something has changed that this tool can see but not judge
    Unjudged,

    /// A description, summary, title or comment reads otherwise
    TextChanged,
    /// An example is another
    ExampleChanged,
    /// A link to further documentation leads elsewhere
    ExternalDocsChanged,
    /// A tag, or what an operation is tagged with, has changed
    TagsChanged,
    /// The title, version, contact, licence or terms of the document have changed
    InfoChanged,
    /// An extension (`x-…`) has changed
    ExtensionChanged,
}

impl Rule {
    /// Its stable id, such as `field-removed`.
    pub fn id(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }

    /// What it means, in a sentence.
    pub fn meaning(self) -> String {
        self.to_possible_value()
            .and_then(|value| Some(value.get_help()?.to_string()))
            .unwrap_or_default()
    }

    /// How much a change of this kind matters in values that travel this way.
    pub fn level(self, direction: Direction) -> Level {
        use Level::{Breaking, Compatible, Docs};
        use Rule as R;
        // What is valid: fewer values hurt who sends them, more values who receives them.
        let narrowed = match direction {
            Direction::Request => Breaking,
            Direction::Response => Compatible,
        };
        let widened = match direction {
            Direction::Request => Compatible,
            Direction::Response => Breaking,
        };
        match self {
            R::OperationRemoved
            | R::OperationMoved
            | R::OperationIdChanged
            | R::ServerRemoved
            | R::SecurityTightened
            | R::SecuritySchemeChanged
            | R::SecuritySchemeRemoved
            | R::ScopeRemoved
            | R::ParameterRemoved
            | R::ParameterMoved
            | R::ParameterRenamed
            | R::PathParameterRenamed
            | R::SerializationChanged
            | R::RequestBodyRemoved
            | R::MediaTypeRemoved
            | R::SuccessRemoved
            | R::HeaderRemoved
            | R::HeaderOptional
            | R::CallbackRemoved
            | R::LinkRemoved
            | R::SchemaRemoved
            | R::TypeChanged
            | R::FieldRemoved
            | R::FieldRenamed
            | R::EnumValueRemoved
            | R::EnumUnset
            | R::PatternChanged
            | R::FormatChanged
            | R::VariantRemoved
            | R::DiscriminatorChanged
            | R::Unjudged => Breaking,

            R::OperationAdded
            | R::DeprecationChanged
            | R::ServerAdded
            | R::SecurityLoosened
            | R::SecuritySchemeAdded
            | R::ScopeAdded
            | R::OptionalParameterAdded
            | R::OptionalRequestBodyAdded
            | R::MediaTypeAdded
            | R::RefusalRemoved
            | R::RefusalAdded
            | R::StatusSplit
            | R::StatusMerged
            | R::HeaderAdded
            | R::HeaderRequired
            | R::CallbackAdded
            | R::LinkAdded
            | R::SchemaAdded
            | R::UnusedPartChanged
            | R::NullAllowedOnOptional
            | R::OptionalFieldAdded
            // The types of responses take what they do not know.
            | R::EnumValueAdded
            | R::FurtherMembersAllowed
            | R::FieldWritable
            | R::FieldReadable => Compatible,

            // A webhook is a response of which the request is a part, and the other way round.
            R::RequiredParameterAdded
            | R::ParameterRequired
            | R::EmptyValueRefused
            | R::RequiredRequestBodyAdded
            | R::RequestBodyRequired
            | R::SuccessAdded
            | R::TypeNarrowed
            | R::NullRefused
            | R::RequiredFieldAdded
            | R::FieldRequired
            | R::FieldReadOnly
            | R::EnumSet
            | R::LimitTightened
            | R::PatternSet
            | R::FormatSet
            | R::FormatNarrowed
            | R::FurtherMembersRefused
            | R::MemberRuleSet
            | R::DependencySet
            | R::UnionExclusive
            // A request that leaves the value out means something else.
            | R::DefaultChanged => narrowed,

            R::ParameterOptional
            | R::EmptyValueAllowed
            | R::RequestBodyOptional
            | R::TypeWidened
            | R::NullAllowed
            | R::FieldOptional
            | R::FieldWriteOnly
            | R::LimitLoosened
            | R::PatternUnset
            | R::FormatUnset
            | R::FormatWidened
            | R::MemberRuleUnset
            | R::DependencyUnset
            | R::VariantAdded
            | R::UnionInclusive => widened,

            R::TextChanged
            | R::ExampleChanged
            | R::ExternalDocsChanged
            | R::TagsChanged
            | R::InfoChanged
            | R::ExtensionChanged => Docs,
        }
    }
}
