#include "parsers/events/event.hpp"

#include <algorithm>

namespace rdpdx::events {

const std::string* Event::field(std::string_view name) const noexcept {
    const auto at = std::ranges::find(fields, name, &Field::name);
    return at == fields.end() ? nullptr : &at->value;
}

}  // namespace rdpdx::events
