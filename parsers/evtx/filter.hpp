// Which events are wanted, decided from raw values before anything is rendered.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/evtx/reader.hpp"

namespace rdpdx::evtx {

struct Wanted {
    struct Provider {
        std::string name;                // case does not matter
        std::vector<std::uint32_t> ids;  // all if empty
    };
    std::vector<Provider> providers;                     // all if empty; one name may stand here several times
    std::vector<std::string> channels;                   // all if empty; case does not matter
    std::vector<std::string> computers;                  // the same
    std::optional<std::uint64_t> not_before, not_after;  // TimeCreated, 100 ns since 1601
};

// One for each thread and cache: remembers what it decided about a template.
class Filter {
public:
    Filter(const TemplateCache& templates, Wanted wanted);
    // Whether the reader's current record is wanted. What cannot be read is not wanted, unless nothing is asked of it.
    bool accepts(ChunkReader& reader);

private:
    // Case is folded for ASCII only, as in all names that Windows gives to providers and channels.
    struct Name {
        std::string lower;  // UTF-8
        // UTF-16LE, as it was given and in lower case, for comparison with raw values; empty if it is not ASCII.
        std::vector<std::byte> exact, utf16;
    };
    struct Event {
        Name provider;
        std::vector<std::uint32_t> ids;
    };
    enum class Known : std::uint8_t { unknown, never, look };
    struct Choice {
        std::uint32_t id{}, event{};  // of events_
    };
    struct Decision {
        Known known{};
        bool any_provider{};               // the provider is a value, so all of events_ may be meant
        std::vector<std::uint32_t> whole;  // of events_: those of this template's provider that want all ids
        std::vector<Choice> by_id;         // the others, an entry for each id, sorted by it
        struct Answer {
            std::optional<std::uint64_t> id;
            std::string provider;  // as it stands there, if it is a value
            bool fits{};
        };
        std::vector<Answer> answers;  // what was found for some ids, each in the place that its bits give it
    };

    static Name name_of(std::string_view text);
    static bool same(const Name& name, ChunkReader& reader, SystemField field);
    static bool any_of(const std::vector<Name>& names, ChunkReader& reader, SystemField field);
    Decision decide(ChunkReader& reader) const;
    Decision& decision_for(ChunkReader& reader);
    bool accepts_event(Decision& decision, ChunkReader& reader) const;
    bool accepts_id(const Decision& decision, ChunkReader& reader, std::uint64_t id) const;
    bool fits(const Decision& decision, ChunkReader& reader, std::uint32_t event) const;
    bool accepts_time(ChunkReader& reader) const;

    const TemplateCache* templates_;
    Wanted wanted_;
    std::vector<Event> events_;
    std::vector<Name> channels_, computers_;
    std::vector<Decision> by_template_;
    Decision other_;
    std::uint64_t generation_{};
};

}  // namespace rdpdx::evtx
