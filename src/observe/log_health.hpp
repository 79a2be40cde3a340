// What a log covers, and what it and its machine went through while it was written: sleep, restarts, a clock that was
// set. All of it limits what the log can show of a connection.
#pragma once

#include <map>
#include <utility>

#include "parsers/events/event.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/model/attempt.hpp"

namespace rdpdx::observe {

class LogHealth {
public:
    explicit LogHealth(std::uint32_t input) : input_{input} {}

    // An event with a time, and what the catalogue says of it.
    void add(const events::Event& event, const catalogue::EventEntry& entry, const catalogue::Getter& field);
    // A record of a binary log, known or not.
    void record(std::uint64_t number) noexcept;

    // `first` and `last` are those of all events of the log, known to the catalogue or not.
    std::vector<model::LogCover> covers(std::optional<model::Time> first, std::optional<model::Time> last) const;
    std::vector<model::LogNote> take();

private:
    void note(const events::Event& event, std::string_view kind, std::string text);

    std::uint32_t input_;
    std::map<std::pair<std::string, std::string>, model::LogCover> covers_;  // by computer and channel
    std::vector<model::LogNote> notes_;
    std::uint64_t more_notes_{}, records_{}, least_{}, most_{};
};

}  // namespace rdpdx::observe
