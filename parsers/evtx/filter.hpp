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
        std::string lower;             // UTF-8
        std::vector<std::byte> utf16;  // UTF-16LE, lower case, for comparison with raw values
    };
    struct Event {
        Name provider;
        std::vector<std::uint32_t> ids;  // sorted
    };
    enum class Known : std::uint8_t { unknown, never, look };
    struct Decision {
        Known known{};
        std::vector<std::uint32_t> events;  // of events_, which this template's literal provider is
        bool any_provider{};                // the provider is a value, so all of events_ may be meant
    };

    static Name name_of(std::string_view text);
    static bool same(const Name& name, ChunkReader& reader, SystemField field);
    static bool any_of(const std::vector<Name>& names, ChunkReader& reader, SystemField field);
    Decision decide(ChunkReader& reader) const;
    const Decision& decision_for(ChunkReader& reader);
    bool accepts_event(const Decision& decision, ChunkReader& reader) const;
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
