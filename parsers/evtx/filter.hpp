// Which events are wanted, decided from raw values before anything is rendered.
#pragma once

#include <memory>
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
    struct Choice {
        std::uint32_t id{}, event{};  // of events_
    };
    static constexpr std::size_t kAnswers = 16;
    struct Decision {
        bool never{};                      // nothing of this template
        bool any_provider{};               // the provider is a value, so all of events_ may be meant
        std::vector<std::uint32_t> whole;  // of events_: those of this template's provider that want all ids
        std::vector<Choice> by_id;         // the others, an entry for each id, sorted by it
        struct Answer {
            std::optional<std::uint64_t> id;
            std::string provider;  // as it stands there, if it is a value
            bool fits{};
        };
        std::vector<Answer> answers;  // kAnswers of them, unless nothing is wanted
        // Where the answer for an id is kept. Neighbours in a log are often 16 apart.
        Answer& of(std::uint64_t id) noexcept { return answers[(id ^ id >> 4) % kAnswers]; }
    };

    static Name name_of(std::string_view text);
    static bool same(const Name& name, ChunkReader& reader, SystemField field);
    static bool any_of(const std::vector<Name>& names, ChunkReader& reader, SystemField field);
    Decision decide(ChunkReader& reader) const;
    Decision& decision_for(ChunkReader& reader);
    Decision& new_decision(ChunkReader& reader);
    bool accepts_event(Decision& decision, ChunkReader& reader) const;
    bool accepts_provider(Decision& decision, ChunkReader& reader) const;
    bool accepts_new(Decision& decision, ChunkReader& reader, std::uint64_t id, std::string_view provider) const;
    bool accepts_id(const Decision& decision, ChunkReader& reader, std::uint64_t id) const;
    bool fits(const Decision& decision, ChunkReader& reader, std::uint32_t event) const;
    bool accepts_time(ChunkReader& reader) const;

    const TemplateCache* templates_;
    Wanted wanted_;
    std::vector<Event> events_;
    std::vector<Name> channels_, computers_;
    std::vector<std::unique_ptr<Decision>> by_template_;
    Decision other_;
    std::uint64_t generation_{};
};

}  // namespace rdpdx::evtx
