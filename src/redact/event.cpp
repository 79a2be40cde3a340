#include "src/redact/event.hpp"

#include "src/redact/event_fields.hpp"

namespace rdpdx::redact {
namespace {

What what_of(const events::Field& field, const EventRoles& roles) {
    if (field.name == roles.user && may_be_user(field.value)) return What::user;
    const bool name = may_be_name(field.value);
    if (name && field.name == roles.domain) return What::domain;
    if (name && (field.name == roles.address || field.name == roles.target)) return What::host;
    return field.name == "Binary" ? What::digits : what_of_event_field(field.name, field.value);
}

}  // namespace

void learn(const events::Event& event, const EventRoles& roles, Redactor& redactor) {
    redactor.learn(What::host, event.computer);
    for (const events::Field& field : event.fields) redactor.learn(what_of(field, roles), field.value);
}

void redact(events::Event& event, const EventRoles& roles, Redactor& redactor) {
    const auto rewrite = [&](What what, std::string& text) {
        if (!text.empty()) text = redactor.redacted(what, text);
    };
    rewrite(What::host, event.computer);
    for (std::string* text : {&event.user_sid, &event.activity_id, &event.related_activity_id, &event.message})
        rewrite(What::text, *text);
    for (events::Field& field : event.fields) rewrite(what_of(field, roles), field.value);
    for (auto* list : {&event.system, &event.rendering})
        for (events::Field& field : *list) rewrite(What::text, field.value);
}

}  // namespace rdpdx::redact
