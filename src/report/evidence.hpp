// Inside of report: the evidence of a report under short names, the same in every format.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "src/model/attempt.hpp"

namespace rdpdx::report {

struct TimelineRow {
    const model::Observation* observation{};
    model::Time time{};      // by the packets' clock
    std::uint32_t number{};  // of its evidence
    std::uint32_t attempt{};
    std::string evidence() const;  // "E3"
};

// E1, E2, ... in order of time, by the packets' clock where that of a source is known. Pointers into the report, which
// must outlive this.
class EvidenceIndex {
public:
    explicit EvidenceIndex(const model::Report& report);
    const std::vector<TimelineRow>& timeline() const noexcept { return timeline_; }
    // Empty where no row cites it.
    std::string name(const model::Evidence& evidence) const;
    std::vector<std::string> names(const std::vector<model::Evidence>& list) const;
    struct Item {
        const model::Observation* observation{};  // the first that cites it
        const model::Evidence& evidence() const noexcept { return observation->evidence; }
    };
    const std::vector<Item>& items() const noexcept { return items_; }  // E1 first
    const Item& item(const std::string& name) const;                    // a name that this gave
    // Items of lines of texts that are about one of the attempt's machines, in order.
    std::vector<const Item*> texts_of(const model::Attempt& attempt) const;

private:
    // Texts tell how a machine was when they were collected, and no time: they have no row, and come last.
    void add_texts(const model::Report& report);
    std::vector<std::uint32_t>::const_iterator lower(const model::Evidence& evidence) const;  // in sorted_
    const std::uint32_t* find(const model::Evidence& evidence) const;
    std::vector<TimelineRow> timeline_;
    std::vector<Item> items_;
    std::vector<std::uint32_t> sorted_;  // places of items_, by their evidence
};

// By input. A machine's clock is the same in each of its logs; each has its own entry, and another one after the clock
// was set. A clock that drifts is told as it stood at the input's first attempt.
std::vector<std::pair<std::uint32_t, model::Clock>> clocks_of(const model::Report& report);

// RFC 3339, with as many digits as the source wrote that saw this moment of the attempt.
std::string moment(const model::Attempt& attempt, model::Time time, const model::Zone& zone = {});

}  // namespace rdpdx::report
