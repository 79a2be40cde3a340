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

std::vector<std::byte> utf16_of(std::string_view ascii_text) {
    std::vector<std::byte> out;
    for (const char c : ascii_text) {
        out.push_back(static_cast<std::byte>(c));
        out.push_back(std::byte{});
    }
    return out;
}

// UTF-16 against UTF-16 that is lower case already.
bool same_utf16(bytes::View raw, bytes::View lower_case) noexcept {
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
    }
    for (const auto& c : wanted_.channels) channels_.push_back(name_of(c));
    for (const auto& c : wanted_.computers) computers_.push_back(name_of(c));
    generation_ = templates.generation();
}

Filter::Name Filter::name_of(std::string_view text) {
    if (!ascii(text)) return {lowered(text), {}, {}};
    return {lowered(text), utf16_of(text), utf16_of(lowered(text))};
}

bool Filter::same(const Name& name, ChunkReader& reader, SystemField field) {
    const Source& source = reader.source(field);
    const Slot slot = reader.slot(source);
    if (slot.type == value_type::kString && !name.utf16.empty()) {
        bytes::View raw = window(reader.chunk_bytes(), slot.offset, slot.size);
        while (raw.size() >= 2 && u16_at(raw, raw.size() - 2) == 0) raw = raw.first(raw.size() - 2);
        if (raw.size() != name.utf16.size()) return false;
        return bytes::text_of(raw) == bytes::text_of(name.exact) || same_utf16(raw, name.utf16);
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
    for (std::uint32_t i = 0; i < events_.size(); ++i) {
        const Event& event = events_[i];
        if (!out.any_provider && event.provider.lower != name) continue;
        if (event.ids.empty()) out.whole.push_back(i);
        for (const std::uint32_t id : event.ids) out.by_id.push_back({id, i});
    }
    std::ranges::sort(out.by_id, {}, &Choice::id);
    out.never = out.whole.empty() && out.by_id.empty() && !events_.empty();
    if (!out.never) out.answers.resize(kAnswers);
    return out;
}

Filter::Decision& Filter::decision_for(ChunkReader& reader) {
    const Template* const known = reader.outer();
    const bool there = known && generation_ == templates_->generation() && known->number < by_template_.size();
    Decision* const decision = there ? by_template_[known->number].get() : nullptr;
    return decision ? *decision : new_decision(reader);
}

Filter::Decision& Filter::new_decision(ChunkReader& reader) {
    const Template* const known = reader.outer();
    if (!known) return other_ = decide(reader);
    if (generation_ != templates_->generation()) by_template_.clear();
    generation_ = templates_->generation();
    by_template_.resize(templates_->size());
    return *(by_template_[known->number] = std::make_unique<Decision>(decide(reader)));
}

bool Filter::fits(const Decision& decision, ChunkReader& reader, std::uint32_t event) const {
    return !decision.any_provider || same(events_[event].provider, reader, SystemField::provider);
}

bool Filter::accepts_id(const Decision& decision, ChunkReader& reader, std::uint64_t id) const {
    auto at = std::ranges::lower_bound(decision.by_id, id, {}, &Choice::id);
    while (at != decision.by_id.end() && at->id == id && !fits(decision, reader, at->event)) ++at;
    return at != decision.by_id.end() && at->id == id;
}

bool Filter::accepts_event(Decision& decision, ChunkReader& reader) const {
    if (decision.any_provider) return accepts_provider(decision, reader);
    if (!decision.whole.empty()) return true;
    const auto id = reader.number(SystemField::id);
    if (!id) return false;
    Decision::Answer& answer = decision.of(*id);
    return answer.id == id ? answer.fits : accepts_new(decision, reader, *id, {});
}

// The same where the provider is a value.
bool Filter::accepts_provider(Decision& decision, ChunkReader& reader) const {
    for (const std::uint32_t event : decision.whole)
        if (fits(decision, reader, event)) return true;
    const auto id = reader.number(SystemField::id);
    if (!id || decision.by_id.empty()) return false;
    const Slot slot = reader.slot(reader.source(SystemField::provider));
    // What is put together, or is no plain text, takes more than a look; names are no longer than this.
    constexpr std::size_t kLongest = 512;
    if (slot.type != value_type::kString || slot.size > kLongest) return accepts_id(decision, reader, *id);
    const std::string_view provider = bytes::text_of(window(reader.chunk_bytes(), slot.offset, slot.size));
    const Decision::Answer& answer = decision.of(*id);
    return answer.id == id && answer.provider == provider ? answer.fits : accepts_new(decision, reader, *id, provider);
}

bool Filter::accepts_new(Decision& decision, ChunkReader& reader, std::uint64_t id, std::string_view provider) const {
    Decision::Answer& answer = decision.of(id);
    answer = {id, std::string{provider}, accepts_id(decision, reader, id)};
    return answer.fits;
}

bool Filter::accepts_time(ChunkReader& reader) const {
    if (!wanted_.not_before && !wanted_.not_after) return true;
    const auto time = reader.filetime();
    return time && (!wanted_.not_before || *time >= *wanted_.not_before) &&
           (!wanted_.not_after || *time <= *wanted_.not_after);
}

bool Filter::accepts(ChunkReader& reader) {
    Decision& decision = decision_for(reader);
    if (decision.never) return false;
    return (events_.empty() || accepts_event(decision, reader)) && accepts_time(reader) &&
           (channels_.empty() || any_of(channels_, reader, SystemField::channel)) &&
           (computers_.empty() || any_of(computers_, reader, SystemField::computer));
}

}  // namespace rdpdx::evtx
