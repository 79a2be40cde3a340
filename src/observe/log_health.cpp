#include "src/observe/log_health.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rdpdx::observe {
namespace {

using model::LogCover;
using model::LogNote;

constexpr std::size_t kMaxNotes = 200;   // of one log; the rest is counted
constexpr std::size_t kMaxCovers = 256;  // machines and channels in one log
// Windows sets its clock by milliseconds all the time.
constexpr model::Duration kClockJump = std::chrono::seconds{30};

// By how much the clock was set, where both times can be read.
std::optional<model::Duration> jump(const events::Event& event) {
    const std::string* from = event.field("OldTime");
    const std::string* to = event.field("NewTime");
    if (!from || !to) return {};
    const auto old_time = bytes::parse_time(*from), new_time = bytes::parse_time(*to);
    if (!old_time || !new_time) return {};
    return *new_time - *old_time;
}

}  // namespace

void LogHealth::note(const events::Event& event, std::string_view kind, std::string text) {
    if (notes_.size() >= kMaxNotes) {
        ++more_notes_;
        return;
    }
    LogNote out;
    out.input = input_;
    out.kind = kind;
    out.computer = event.computer;
    out.channel = event.channel;
    out.text = std::move(text);
    out.time = event.time;
    out.evidence = model::Evidence{input_, model::Evidence::Kind::event, event.record ? event.record : event.ordinal,
                                   event.offset};
    notes_.push_back(std::move(out));
}

void LogHealth::add(const events::Event& event, const catalogue::EventEntry& entry, const catalogue::Getter& field) {
    const auto key = std::pair{event.computer, event.channel.empty() ? entry.channel : event.channel};
    auto at = covers_.find(key);
    if (at == covers_.end() && covers_.size() < kMaxCovers)
        at = covers_
                 .emplace(key,
                          LogCover{input_, key.first, key.second, model::Origin::other_log, *event.time, *event.time})
                 .first;
    if (at != covers_.end()) {
        at->second.first = std::min(at->second.first, *event.time);
        at->second.last = std::max(at->second.last, *event.time);
    }
    if (entry.health.empty()) return;
    if (entry.health != LogNote::kClockChanged) return note(event, entry.health, catalogue::sentence(entry, field));
    const auto by = jump(event);
    if (!by || std::chrono::abs(*by) < kClockJump) return;
    note(event, entry.health,
         fmt::format("The clock was set {} by {}.", *by > model::Duration{} ? "forward" : "back",
                     model::to_text(std::chrono::abs(*by))));
}

void LogHealth::record(std::uint64_t number) noexcept {
    if (number == 0) return;
    least_ = records_ == 0 ? number : std::min(least_, number);
    most_ = std::max(most_, number);
    ++records_;
}

std::vector<LogCover> LogHealth::covers(std::optional<model::Time> first, std::optional<model::Time> last) const {
    std::vector<LogCover> out;
    for (const auto& [key, cover] : covers_) out.push_back(cover);
    // A log of one channel covers all that it holds; of several, what is known of each.
    if (out.size() == 1 && first && last) {
        out.front().first = *first;
        out.front().last = *last;
    }
    return out;
}

std::vector<LogNote> LogHealth::take() {
    LogNote own;
    own.input = input_;
    if (covers_.size() == 1) std::tie(own.computer, own.channel) = covers_.begin()->first;
    // Of several channels in one file, each counts for itself.
    if (covers_.size() <= 1 && records_ > 1 && most_ - least_ >= records_) {
        own.kind = "records-missing";
        own.text = fmt::format(
            "{} of the records from {} to {} are not in this file: it was filtered when it was exported, or they are "
            "lost.",
            most_ - least_ + 1 - records_, least_, most_);
        notes_.push_back(own);
    }
    if (more_notes_ > 0) {
        own.kind = "more";
        own.text = fmt::format("{} more events of this kind are left out.", more_notes_);
        notes_.push_back(own);
    }
    return std::move(notes_);
}

}  // namespace rdpdx::observe
