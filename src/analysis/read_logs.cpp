#include "src/analysis/read_logs.hpp"

#include <fmt/format.h>

#include "parsers/events/json.hpp"
#include "parsers/events/system_values.hpp"
#include "parsers/evtx/log.hpp"
#include "parsers/evtx/record_keys.hpp"
#include "parsers/evtx/values.hpp"
#include "src/analysis/field_names.hpp"
#include "src/analysis/wanted.hpp"
#include "src/observe/events.hpp"

namespace rdpdx::analysis {
namespace {

constexpr std::size_t kMaxNotes = 50;  // about one log; the rest is counted

// What all logs have in common: counting, first and last time, notes.
class LogReading {
public:
    LogReading(std::uint32_t index, const catalogue::EventCatalogue& catalogue) : observer_{index, catalogue} {
        out_.input.precision = model::Precision::hundred_nanos;
    }
    void count(const std::optional<model::Time>& time) {
        ++out_.input.items;
        if (!time) {
            ++timeless_;
            return;
        }
        model::Input& input = out_.input;
        if (!input.first_time || *time < *input.first_time) input.first_time = *time;
        if (!input.last_time || *time > *input.last_time) input.last_time = *time;
    }
    std::uint64_t counted() const noexcept { return out_.input.items; }
    void add(const events::Event& event) { observer_.add(event); }
    void left_out() noexcept { ++left_out_; }
    void record(std::uint64_t number) noexcept { observer_.health().record(number); }
    void note(std::string text) { out_.input.notes.push_back(std::move(text)); }
    void damage(std::string text) {
        if (++damages_ <= kMaxNotes) note(std::move(text));
    }
    Reading take() {
        out_.tracks = observer_.take();
        out_.logs = observer_.health().covers(out_.input.first_time, out_.input.last_time);
        out_.log_health = observer_.health().take();
        if (damages_ > kMaxNotes) note(fmt::format("{} more places could not be read.", damages_ - kMaxNotes));
        if (timeless_) note(fmt::format("{} events carry no time that can be read.", timeless_));
        if (timeless_ + damages_ > 0) out_.input.status = model::InputStatus::damaged;
        out_.rest = observer_.take_rest();
        out_.passed_over = observer_.passed_over() + left_out_;
        return std::move(out_);
    }

private:
    Reading out_;
    observe::EventObserver observer_;
    std::uint64_t timeless_{}, left_out_{}, damages_{};
};

void read_text(bytes::Source& source, Kind kind, const catalogue::EventCatalogue& catalogue, LogReading& out) {
    const std::optional<FieldNames> names =
        kind == Kind::event_json ? std::optional{FieldNames{catalogue}} : std::nullopt;
    const auto take = [&](events::Event&& event) {
        if (names) names->apply(event);
        out.count(event.time);
        out.add(event);
        return true;
    };
    // What the catalogue does not know says nothing here but its time.
    const auto unwanted = [&](const events::Head& head) {
        if (catalogue.knows(head.provider, {}, head.id) ||
            catalogue.knows(head.provider, events::guid(head.guid), head.id))
            return false;
        const auto time = bytes::parse_time(head.time);
        if (!time) return false;
        out.count(time);
        out.left_out();
        return true;
    };
    const auto result =
        kind == Kind::event_json ? events::read_json(source, take) : events::read_xml(source, take, unwanted);
    for (const auto& n : result.damage) out.damage(fmt::format("At byte {}: {}", n.offset, n.text));
}

void tell(const std::vector<evtx::Notice>& notices, LogReading& out) {
    for (const auto& n : notices) out.damage(fmt::format("At byte {} (chunk {}): {}", n.offset, n.chunk, n.text));
}

// Recovered events wait until the log's own are known: most are copies of those.
class Recovered {
public:
    // Takes the event if it is a recovered one.
    bool keep(events::Event& event, std::uint64_t key) {
        if (!event.recovered) {
            known_.add(key);
            return false;
        }
        if (held_.size() < kMax)
            held_.push_back({key, std::move(event)});
        else
            ++too_many_;
        return true;
    }
    void give(LogReading& out) {
        std::uint64_t given = 0, copies = 0;
        for (Held& held : held_) {
            if (!known_.add(held.key)) {
                ++copies;
                continue;
            }
            ++given;
            out.add(held.event);
        }
        if (given > 0) out.note(fmt::format("{} events were recovered; the log itself does not count them.", given));
        if (copies > 0) out.note(fmt::format("{} recovered events were there already and are left out.", copies));
        if (too_many_ > 0) out.damage(fmt::format("{} recovered events were too many and are left out.", too_many_));
    }

private:
    static constexpr std::size_t kMax = 20'000;  // events of the catalogue in one log
    struct Held {
        std::uint64_t key{};
        events::Event event;
    };
    std::vector<Held> held_;
    evtx::RecordKeys known_;
    std::uint64_t too_many_{};
};

// Records of other providers and ids are counted, and nothing but their time is decoded.
void read_evtx(bytes::Source& source, const catalogue::EventCatalogue& catalogue, evtx::Recover recover,
               LogReading& out) {
    evtx::TemplateCache templates;
    evtx::ChunkReader reader{templates, {recover, {}}};
    Recovered recovered;
    evtx::Wanted wanted;
    wanted.providers = wanted_providers(catalogue, true);
    const bool anything = !wanted.providers.empty();
    evtx::Filter filter{templates, std::move(wanted)};
    evtx::LogReader log{source, recover};
    for (evtx::Batch batch; log.next(batch);) {
        tell(log.take_notices(), out);
        for (const evtx::Chunk& chunk : batch.chunks()) {
            reader.open(chunk);
            while (reader.next()) {
                const auto time = reader.filetime();
                out.count(time ? evtx::time_of_filetime(*time) : std::nullopt);
                if (!reader.record().recovered) out.record(reader.record().id);
                if (!anything || !filter.accepts(reader)) {
                    out.left_out();
                    continue;
                }
                events::Event event = reader.event();
                event.ordinal = out.counted();
                event.recovered = reader.record().recovered;
                if (recover != evtx::Recover::off && recovered.keep(event, reader.key())) continue;
                out.add(event);
            }
            tell(reader.take_notices(), out);
        }
    }
    tell(log.take_notices(), out);
    recovered.give(out);
    if (log.header())
        for (const std::string& fact : evtx::notes_of(*log.header())) out.note(fmt::format("In the header: {}.", fact));
}

}  // namespace

Reading read_log(bytes::Source& source, Kind kind, std::uint32_t index, const catalogue::EventCatalogue& catalogue,
                 evtx::Recover recover) {
    LogReading out{index, catalogue};
    if (kind == Kind::evtx)
        read_evtx(source, catalogue, recover, out);
    else
        read_text(source, kind, catalogue, out);
    return out.take();
}

}  // namespace rdpdx::analysis
