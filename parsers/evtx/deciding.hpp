// Which values of a record can have a say in the fields that a question names. Records of one template in which the
// bytes of these are the same have the same answer, so it takes no text to find it again.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "parsers/evtx/plan.hpp"
#include "parsers/evtx/sinks.hpp"

namespace rdpdx::evtx {

struct Template;

// Of one list of fields. More may stand here than decides, never less.
struct Deciding {
    std::vector<std::uint16_t> slots;
    std::vector<std::uint16_t> others;     // those of other fields: each may hold a fragment, with any number of fields
    std::optional<std::uint16_t> content;  // the slot whose fragment holds more fields
    Section section{};                     // in which that one stands
    bool usable{true};                     // false: only the text tells
};
Deciding deciding_slots(const Plan& fields, const FieldChoice& asked);
// Of a whole event: with those that say whose it is.
Deciding deciding_slots(const EventPlan& event, const FieldChoice& asked);

// What is asked, and which slots of the templates seen lately decide it. Holds while TemplateCache::generation() does.
class FieldQuestion {
public:
    explicit FieldQuestion(std::vector<std::string> names) : choice_{std::move(names)} {}
    FieldChoice& choice() noexcept { return choice_; }
    void forget() { outer_ = inner_ = {}; }
    const Deciding& outer(const Template& known, const EventPlan& event) { return of(outer_, known, event); }
    // Of the template inside it.
    const Deciding& inner(const Template& known, const Plan& fields) { return of(inner_, known, fields); }

private:
    struct Known {
        const Template* known{};
        Deciding deciding;
    };
    using Some = std::array<Known, 8>;  // by the template's number
    template <class Of>
    const Deciding& of(Some& some, const Template& known, const Of& plan);
    FieldChoice choice_;
    Some outer_, inner_;
};

}  // namespace rdpdx::evtx
