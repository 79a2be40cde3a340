// Runs plans over the slots of a record.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "parsers/evtx/deciding.hpp"
#include "parsers/evtx/materialize.hpp"
#include "parsers/evtx/sinks.hpp"

namespace rdpdx::evtx {

inline constexpr std::size_t kMaxSteps = 200'000;                    // operations and array items of one record
inline constexpr std::size_t kMaxRecordText = std::size_t{8} << 20;  // bytes that one record may become

// When the records of one chunk together have come to this much, those that follow get only a little each.
inline constexpr std::size_t kMaxChunkSteps = 2'000'000, kMaxChunkText = std::size_t{64} << 20;

class Renderer {
public:
    explicit Renderer(TemplateCache& templates) : templates_{&templates} {}

    void begin_chunk() noexcept { chunk_steps_ = chunk_text_ = steps_ = text_ = 0; }
    void begin_record() noexcept { opened_ = nullptr; }
    // Before each rendering of a record; `written` is what its output holds already. Problems are added to `problems`,
    // sentences without a place.
    void begin(bytes::View chunk, std::vector<std::string>& problems, std::size_t written);

    template <class Sink>
    void fields(const Plan& plan, std::span<const Slot> slots, Sink& sink, unsigned depth = 0);
    void xml(const Plan& plan, std::span<const Slot> slots, TextBuffer& out, unsigned depth = 0);
    void head(EventPlan& plan, std::span<const Slot> slots, TextBuffer& out);

    // Values of System; empty, or nothing, where they are absent or not what they should be.
    template <Dress dress>
    void add_text(const Source& source, std::span<const Slot> slots, TextBuffer& out);
    std::string text(const Source& source, std::span<const Slot> slots);
    std::optional<std::uint64_t> number(const Source& source, std::span<const Slot> slots) {
        const auto plain = source.kind == Source::Kind::slot ? number_of(chunk_, slot_at(slots, source.slot))
                                                             : std::optional<std::uint64_t>{};
        return plain ? plain : number_of_text(source, slots);
    }
    std::optional<std::uint64_t> filetime(const Source& source, std::span<const Slot> slots);
    // Lower case without braces; empty if there is none.
    std::string guid(const Source& source, std::span<const Slot> slots);

    // Adds what decides about a question: the same bytes have the same provider and the same values of the fields that
    // are asked for. False if only text tells.
    bool add_key(const Template& known, const EventPlan& plan, std::span<const Slot> slots, FieldQuestion& question,
                 TextBuffer& key);

private:
    template <class Sink>
    void field(const Plan& plan, const Op& op, std::span<const Slot> slots, Sink& sink, unsigned depth);
    template <class Sink>
    void rare_field(const Plan& plan, const Op& op, Slot slot, Sink& sink, unsigned depth);
    template <class Sink>
    void mixed(const Plan& plan, const Op& op, std::span<const Slot> slots, Sink& sink, unsigned depth);
    template <class Sink>
    void nested(Slot slot, Section section, Sink& sink, unsigned depth);
    void nested_xml(Slot slot, TextBuffer& out, unsigned depth);
    void xml_element(const Plan& plan, const Op& op, Slot slot, TextBuffer& out, unsigned depth);
    struct Inner {
        Template* found{};        // the fast way: a template, its values in inner_[depth]
        std::vector<Node> nodes;  // otherwise: the tree
    };
    Inner open(Slot slot, unsigned depth);
    Template* open_instance(Slot slot, unsigned depth);
    static const Plan& fields_of(Template& known, Section section);
    bool add_values(const Deciding& deciding, std::span<const Slot> slots, TextBuffer& key) const;
    std::optional<std::uint64_t> number_of_text(const Source& source, std::span<const Slot> slots);
    void head_text(const EventPlan& plan, const HeadOp& op, const Source& source, std::span<const Slot> slots,
                   TextBuffer& out);
    void head_guid(const EventPlan& plan, const HeadOp& op, const Source& source, std::span<const Slot> slots,
                   TextBuffer& out);
    void head_value(const HeadOp& op, const EventPlan& plan, std::span<const Slot> slots, TextBuffer& out);
    // False once a record has become more than a record can honestly be. Templates that use a value many times, which
    // does the same in turn, would grow without end.
    bool step(std::size_t written) {
        text_ = written - written_before_;
        if (++steps_ < steps_limit_ && text_ < text_limit_) return true;
        cut();
        return false;
    }
    void cut();
    void problem(std::string text);
    static Slot slot_at(std::span<const Slot> slots, std::size_t i) noexcept {
        return i < slots.size() ? slots[i] : Slot{};
    }

    TemplateCache* templates_;
    bytes::View chunk_;
    std::vector<std::string>* problems_{};
    std::array<std::vector<Slot>, kMaxNesting + 1> inner_;
    Template* opened_{};         // whose values inner_[1] holds: a record is asked about before it is written
    std::uint32_t opened_at_{};  // where that one's fragment is
    TextBuffer scratch_;
    Recent recent_;
    std::size_t steps_{}, text_{}, unnamed_{}, written_before_{};  // of the record
    std::size_t chunk_steps_{}, chunk_text_{}, steps_limit_{}, text_limit_{};
    bool cut_{};
};

}  // namespace rdpdx::evtx
