#include "parsers/bytes/cursor.hpp"

#include <fmt/format.h>

namespace rdpdx::bytes {

std::string describe(const ParseError& error) {
    switch (error.problem) {
        case Problem::truncated:
            return fmt::format("field '{}' at offset {} needs {} byte{}, {} left", error.field, error.offset,
                               error.need, error.need == 1 ? "" : "s", error.have);
        case Problem::bad_value:
            return fmt::format("field '{}' at offset {} has an impossible value", error.field, error.offset);
        case Problem::unsupported:
            return fmt::format("field '{}' at offset {} names something this program does not read", error.field,
                               error.offset);
    }
    return {};
}

}  // namespace rdpdx::bytes
