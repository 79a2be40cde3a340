// Inside of rules: the observations of one attempt in order, and who could have made them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "src/rules/rule.hpp"

namespace rdpdx::rules {

// All observations by their time on the packets' clock; of equal times the earlier track's first. Views into the
// attempt, which must outlive this and stay as it is.
class Timeline {
public:
    struct Item {
        const model::Observation* seen{};
        model::Time time{};
    };
    using Places = std::vector<std::uint32_t>;

    explicit Timeline(const model::Attempt& attempt);

    const model::Attempt& attempt() const noexcept { return attempt_; }
    const Item& operator[](std::uint32_t place) const noexcept { return items_[place]; }
    // Places of the observations that the pattern matches, ascending.
    Places find(const Pattern& pattern) const;

private:
    const Places* candidates(const Pattern& pattern, Places& room) const;

    const model::Attempt& attempt_;
    std::vector<Item> items_;
    std::unordered_map<std::string_view, Places> by_kind_;
    std::unordered_map<std::int64_t, Places> events_;  // by id
};

bool matches(const Pattern& pattern, const model::Observation& o);

// What is missing to say that nothing like this happened from `from` to `to`, as a noun with its article; empty if some
// source covered it.
std::string lack_for(const Pattern& pattern, const model::Attempt& attempt, model::Time from, model::Time to);

}  // namespace rdpdx::rules
