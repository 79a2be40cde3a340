// Whether the user's filter wants a record that evtx::Filter let pass. Records repeat each other, so what was found for
// an id, or for some values, is remembered.
#pragma once

#include <array>
#include <string>
#include <unordered_map>
#include <vector>

#include "parsers/evtx/reader.hpp"
#include "src/app/event_filter.hpp"

namespace rdpdx::app {

class EvtxChoice {
public:
    // The filter must outlive it.
    explicit EvtxChoice(const EventFilter& filter) : filter_{filter} {}
    // About the reader's record, whose id this is.
    bool accepts(evtx::ChunkReader& reader, std::uint32_t id);

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
    };
    // An id whose fields decide.
    struct OfId {
        explicit OfId(std::vector<std::string> names) : question{std::move(names)} {}
        evtx::FieldQuestion question;
        using Answers = std::unordered_map<std::string, bool, Hash, std::equal_to<>>;
        Answers answers;  // by the question's key
        // Of answers: those given lately, each in the place that some of its key's bytes give it.
        std::array<const Answers::value_type*, 64> lately{};
    };
    // What is known of an id: one of these (kWhole: it takes the whole event), or from kLook on which of ids_ it is.
    static constexpr std::uint16_t kUnknown = 0, kNever = 1, kAlways = 2, kWhole = 3, kLook = 4;
    std::uint16_t by_id(std::uint32_t id);
    std::uint16_t find(std::uint32_t id);
    void forget();
    bool by_values(evtx::ChunkReader& reader, std::uint32_t id, OfId& here);
    const bool* known_answer(OfId& here) const;
    bool ask(evtx::ChunkReader& reader, std::uint32_t id, const evtx::FieldChoice& fields) const;

    const EventFilter& filter_;
    std::vector<std::uint16_t> by_id_;  // of the ids that an event can have
    std::vector<OfId> ids_;
    std::uint64_t generation_{};  // of the templates, for which ids_ holds
    evtx::TextBuffer key_;
};

// The provider's name, or the source's where it has none. Valid until the reader is asked for the next text.
inline std::string_view provider_of(evtx::ChunkReader& reader) {
    const auto name = reader.text(evtx::SystemField::provider);
    return name.empty() ? reader.text(evtx::SystemField::source_name) : name;
}

}  // namespace rdpdx::app
