// Inside of redact: what a field of an event holds, told by its name.
#pragma once

#include <string_view>

#include "src/redact/redactor.hpp"

namespace rdpdx::redact {

// By the last part of a path: "EventXML/TargetUserName". What::text where the name tells nothing, or where such a value
// is no name.
What what_of_event_field(std::string_view name, std::string_view value);

// Whether a field's value can be a name at all: no number, code, mark or long text.
bool may_be_name(std::string_view value);
// Or the number of an employee.
bool may_be_user(std::string_view value);

}  // namespace rdpdx::redact
