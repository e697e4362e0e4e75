//! Errors of generated builders, rewritten for their callers.

use crate::types::path_segment::InvalidPathSegment;

/// Rewrites the message of a builder that rejected an argument.
///
/// The generated code names types by their paths, such as `:: waba :: PathSegment`, which mean
/// nothing to a caller.
pub(crate) fn explain(message: &str) -> String {
    if let Some(parameter) = message.strip_suffix(" was not initialized") {
        return format!("`{parameter}` is missing; set it with `.{parameter}(…)`");
    }
    if let Some(property) = message.strip_prefix("no value supplied for ") {
        return format!("`{property}` is missing; set it with `.{property}(…)`");
    }
    if let Some(rest) = message.strip_prefix("error converting supplied value for ")
        && let Some((property, reason)) = rest.split_once(": ")
    {
        return format!("invalid `{property}`: {reason}");
    }
    let conversion = message.strip_prefix("conversion to `");
    let Some((target, rest)) = conversion.and_then(|rest| rest.split_once("` for ")) else {
        return message.to_owned();
    };
    let Some((parameter, reason)) = rest.split_once(" failed") else {
        return message.to_owned();
    };
    let target = target.split(" <").next().unwrap_or(target);
    let target = target.rsplit(":: ").next().unwrap_or(target);
    match reason.strip_prefix(": ") {
        Some(reason) => format!("invalid `{parameter}`: {}", explain(reason)),
        None if target == "PathSegment" => {
            format!("invalid `{parameter}`: {}", InvalidPathSegment::REASON)
        }
        None => format!("invalid `{parameter}`: expected a value that fits `{target}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::explain;

    #[test]
    fn messages_name_no_paths_of_generated_types() {
        for (message, explained) in [
            (
                "limit was not initialized",
                "`limit` is missing; set it with `.limit(…)`",
            ),
            (
                "no value supplied for name",
                "`name` is missing; set it with `.name(…)`",
            ),
            (
                "conversion to `:: std :: num :: NonZeroU64` for limit failed",
                "invalid `limit`: expected a value that fits `NonZeroU64`",
            ),
            (
                "conversion to `u64` for limit failed",
                "invalid `limit`: expected a value that fits `u64`",
            ),
            (
                "conversion to `:: waba :: CommaSeparated < :: waba :: graph :: types :: Field , >` for fields failed",
                "invalid `fields`: expected a value that fits `CommaSeparated`",
            ),
            (
                "conversion to `Update` for body failed: error converting supplied value for name: longer than 100 characters",
                "invalid `body`: invalid `name`: longer than 100 characters",
            ),
            (
                "error converting supplied value for name: longer than 100 characters",
                "invalid `name`: longer than 100 characters",
            ),
        ] {
            assert_eq!(explain(message), explained);
        }
    }
}
