#include "parsers/evtx/filter.hpp"

#include <algorithm>

#include "parsers/evtx/little.hpp"

namespace rdpdx::evtx {
namespace {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string lowered(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

bool ascii(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// UTF-16 against UTF-16 that is lower case already.
bool same_utf16(bytes::View raw, bytes::View lower_case) noexcept {
    if (raw.size() != lower_case.size()) return false;
    for (std::size_t i = 0; i + 1 < raw.size(); i += 2) {
        std::uint16_t unit = u16_at(raw, i);
        if (unit >= 'A' && unit <= 'Z') unit = static_cast<std::uint16_t>(unit + 32);
        if (unit != u16_at(lower_case, i)) return false;
    }
    return true;
}

}  // namespace

Filter::Filter(const TemplateCache& templates, Wanted wanted) : templates_{&templates}, wanted_{std::move(wanted)} {
    for (const auto& p : wanted_.providers) {
        events_.push_back({name_of(p.name), p.ids});
        std::ranges::sort(events_.back().ids);
    }
    for (const auto& c : wanted_.channels) channels_.push_back(name_of(c));
    for (const auto& c : wanted_.computers) computers_.push_back(name_of(c));
    generation_ = templates.generation();
}

Filter::Name Filter::name_of(std::string_view text) {
    Name out{lowered(text), {}};
    if (!ascii(text)) return out;
    for (const char c : out.lower) {
        out.utf16.push_back(static_cast<std::byte>(c));
        out.utf16.push_back(std::byte{});
    }
    return out;
}

bool Filter::same(const Name& name, ChunkReader& reader, SystemField field) {
    const Source& source = reader.source(field);
    const Slot slot = reader.slot(source);
    if (slot.type == value_type::kString && ascii(name.lower)) {
        bytes::View raw = window(reader.chunk_bytes(), slot.offset, slot.size);
        while (raw.size() >= 2 && u16_at(raw, raw.size() - 2) == 0) raw = raw.first(raw.size() - 2);
        return same_utf16(raw, name.utf16);
    }
    return lowered(reader.text(field)) == name.lower;
}

bool Filter::any_of(const std::vector<Name>& names, ChunkReader& reader, SystemField field) {
    return std::ranges::any_of(names, [&](const Name& name) { return same(name, reader, field); });
}

Filter::Decision Filter::decide(ChunkReader& reader) const {
    Decision out;
    const Source& provider = reader.source(SystemField::provider);
    out.any_provider = provider.kind == Source::Kind::slot || provider.kind == Source::Kind::mixed;
    const std::string name = out.any_provider ? std::string{} : lowered(provider.text);
    for (std::uint32_t i = 0; i < events_.size(); ++i)
        if (out.any_provider || events_[i].provider.lower == name) out.events.push_back(i);
    out.known = out.events.empty() && !events_.empty() ? Known::never : Known::look;
    return out;
}

const Filter::Decision& Filter::decision_for(ChunkReader& reader) {
    const Template* const known = reader.outer();
    if (!known) return other_ = decide(reader);
    if (generation_ != templates_->generation()) {
        by_template_.clear();
        generation_ = templates_->generation();
    }
    if (known->number >= by_template_.size()) by_template_.resize(templates_->size());
    Decision& decision = by_template_[known->number];
    if (decision.known == Known::unknown) decision = decide(reader);
    return decision;
}

bool Filter::accepts_event(const Decision& decision, ChunkReader& reader) const {
    if (events_.empty()) return true;
    const auto id = reader.number(SystemField::id);
    return std::ranges::any_of(decision.events, [&](std::uint32_t i) {
        const Event& event = events_[i];
        if (!event.ids.empty() && (!id || !std::ranges::binary_search(event.ids, *id))) return false;
        return !decision.any_provider || same(event.provider, reader, SystemField::provider);
    });
}

bool Filter::accepts_time(ChunkReader& reader) const {
    if (!wanted_.not_before && !wanted_.not_after) return true;
    const auto time = reader.filetime();
    return time && (!wanted_.not_before || *time >= *wanted_.not_before) &&
           (!wanted_.not_after || *time <= *wanted_.not_after);
}

bool Filter::accepts(ChunkReader& reader) {
    const Decision& decision = decision_for(reader);
    if (decision.known == Known::never) return false;
    return accepts_event(decision, reader) && accepts_time(reader) &&
           (channels_.empty() || any_of(channels_, reader, SystemField::channel)) &&
           (computers_.empty() || any_of(computers_, reader, SystemField::computer));
}

}  // namespace rdpdx::evtx
