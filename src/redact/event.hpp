// One Windows event with pseudonyms in place of whom it speaks of.
#pragma once

#include "parsers/events/event.hpp"
#include "src/redact/redactor.hpp"

namespace rdpdx::redact {

// Fields of an event whose meaning is known better than by their names; empty where there is none.
struct EventRoles {
    std::string_view address, target, user, domain;
};

void learn(const events::Event& event, const EventRoles& roles, Redactor& redactor);

// Provider, channel, id, time, record number and the names of fields stay.
void redact(events::Event& event, const EventRoles& roles, Redactor& redactor);

}  // namespace rdpdx::redact
