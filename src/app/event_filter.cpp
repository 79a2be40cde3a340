#include "src/app/event_filter.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "parsers/events/system_values.hpp"
#include "src/analysis/wanted.hpp"
#include "src/catalogue/query.hpp"
#include "src/model/text.hpp"

namespace rdpdx::app {
namespace {

constexpr std::int64_t kTicksTo1970 = 116'444'736'000'000'000;  // of 100 ns, from 1601

bool any_of(const std::vector<std::string>& names, std::string_view text) {
    return names.empty() || std::ranges::any_of(names, [&](const std::string& n) { return model::same_text(n, text); });
}

std::optional<std::uint64_t> ticks(const std::optional<bytes::Time>& time, bool up) {
    if (!time) return {};
    const auto nanos = time->time_since_epoch().count();
    const std::int64_t whole = nanos / 100, rest = nanos % 100;
    const std::int64_t rounded = whole + (up && rest > 0 ? 1 : 0) - (!up && rest < 0 ? 1 : 0);
    return static_cast<std::uint64_t>(std::max<std::int64_t>(rounded + kTicksTo1970, 0));
}

std::string read_time(const char* name, const std::string& text, std::optional<bytes::Time>& to) {
    if (text.empty() || (to = bytes::parse_time(text))) return {};
    return fmt::format("--{} takes a time like 2026-11-21T05:39:00Z, not '{}'", name, text);
}

}  // namespace

EventFilter::EventFilter(const catalogue::EventCatalogue& catalogue) : catalogue_{&catalogue} {
    for (const catalogue::EventEntry& entry : catalogue.entries()) {
        const bool noise = entry.shows == model::Effect::noise;
        if (!noise) known_.push_back(entry.id);
        if (noise || !entry.when.empty()) doubtful_.push_back(entry.id);
        const bool mixed = noise && std::ranges::any_of(catalogue.entries(), [&](const catalogue::EventEntry& other) {
                               return other.id == entry.id && other.shows != model::Effect::noise &&
                                      catalogue::is_provider(other, entry.provider, entry.guid);
                           });
        if (mixed || !entry.when.empty()) conditional_.push_back(entry.id);
    }
    for (auto* ids : {&known_, &doubtful_, &conditional_}) std::ranges::sort(*ids);
}

// "4625" or "1024-1030", several with commas; the sentence is what is wrong.
std::string EventFilter::read_ids(const std::string& text) {
    for (std::size_t at = 0; at <= text.size();) {
        const auto comma = std::min(text.find(',', at), text.size());
        const std::string_view part = std::string_view{text}.substr(at, comma - at);
        const auto hyphen = part.find('-');
        const auto first = catalogue::event_id(part.substr(0, hyphen));
        const auto last = hyphen == std::string_view::npos ? first : catalogue::event_id(part.substr(hyphen + 1));
        if (!first || !last || *last < *first)
            return fmt::format("--id takes numbers and ranges, like 4624,4625 or 1024-1030, not '{}'", text);
        ids_.push_back({*first, *last});
        at = comma + 1;
    }
    return {};
}

std::variant<EventFilter, std::string> EventFilter::of(const Options& options,
                                                       const catalogue::EventCatalogue& catalogue) {
    EventFilter out{catalogue};
    out.channels_ = options.channels;
    out.providers_ = options.providers;
    out.computers_ = options.computers;
    out.relevant_ = options.relevant;
    for (const std::string& text : options.ids)
        if (auto wrong = out.read_ids(text); !wrong.empty()) return wrong;
    for (const std::string& text : options.fields) {
        const auto equals = text.find('=');
        if (equals == std::string::npos || equals == 0) return fmt::format("--field takes NAME=VALUE, not '{}'", text);
        out.fields_.push_back({text.substr(0, equals), text.substr(equals + 1)});
    }
    for (auto wrong : {read_time("from", options.from, out.from_), read_time("to", options.to, out.to_)})
        if (!wrong.empty()) return wrong;
    return out;
}

bool EventFilter::by_id(std::uint32_t id) const {
    const bool asked = ids_.empty() || std::ranges::any_of(ids_, [&](const IdRange& range) {
                           return range.first <= id && id <= range.last;
                       });
    return asked && (!relevant_ || std::ranges::binary_search(known_, id));
}

bool EventFilter::by_provider(std::string_view name) const {
    return providers_.empty() ||
           std::ranges::any_of(providers_, [&](const std::string& p) { return catalogue::same_provider(p, name); });
}

bool EventFilter::may_accept(std::string_view provider, std::string_view guid, std::uint32_t id) const {
    return by_id(id) && by_provider(provider) && (!relevant_ || catalogue_->knows(provider, guid, id));
}

bool EventFilter::may_accept(const events::Head& head) const {
    if (!by_id(head.id) || !by_provider(head.provider)) return false;
    if (relevant_ && !catalogue_->knows(head.provider, {}, head.id) &&
        !catalogue_->knows(head.provider, events::guid(head.guid), head.id))
        return false;
    return (!from_ && !to_) || by_time(bytes::parse_time(head.time));
}

bool EventFilter::by_time(const std::optional<bytes::Time>& time) const {
    if (!from_ && !to_) return true;
    return time && (!from_ || *time >= *from_) && (!to_ || *time <= *to_);
}

bool EventFilter::decided_by_head(std::uint32_t id) const {
    return fields_.empty() && !(relevant_ && std::ranges::binary_search(conditional_, id));
}

bool EventFilter::accepts(const events::Event& event) const {
    if (!may_accept(event.provider, event.provider_guid, event.id)) return false;
    if (!by_time(event.time) || !any_of(channels_, event.channel) || !any_of(computers_, event.computer)) return false;
    for (const FieldIs& wanted : fields_)
        if (std::ranges::none_of(event.fields, [&](const events::Field& field) {
                return model::same_text(field.name, wanted.name) && catalogue::same_value(field.value, wanted.value);
            }))
            return false;
    if (!relevant_ || !std::ranges::binary_search(doubtful_, event.id)) return true;
    return by_fields(event.provider, event.provider_guid, event.id,
                     [&](std::string_view name) { return event.field(name); });
}

std::optional<std::vector<std::string>> EventFilter::deciding_fields(std::uint32_t id) const {
    if (!fields_.empty()) return {};
    std::vector<std::string> out;
    for (const catalogue::EventEntry& entry : catalogue_->entries())
        if (entry.id == id)
            for (const catalogue::Condition& condition : entry.when)
                if (std::ranges::find(out, condition.field) == out.end()) out.push_back(condition.field);
    return out;
}

bool EventFilter::by_fields(std::string_view provider, std::string_view guid, std::uint32_t id,
                            const catalogue::Getter& field) const {
    const auto* entry = catalogue_->find(provider, guid, id, field);
    return entry && entry->shows != model::Effect::noise;
}

evtx::Wanted EventFilter::wanted() const {
    evtx::Wanted out;
    out.channels = channels_;
    out.computers = computers_;
    out.not_before = ticks(from_, true);
    out.not_after = ticks(to_, false);
    if (relevant_) out.providers = analysis::wanted_providers(*catalogue_, false);
    return out;
}

}  // namespace rdpdx::app
