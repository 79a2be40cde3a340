#include "src/app/evtx_dump.hpp"

#include <algorithm>
#include <thread>

#include "parsers/evtx/record_keys.hpp"
#include "src/app/evtx_choice.hpp"
#include "src/app/evtx_line.hpp"
#include "src/redact/event.hpp"

namespace rdpdx::app {

namespace {

// Several workers know the same templates, each for itself and with what was made of them, so together they keep less
// than one does; but each enough for a log of one kind of events.
std::size_t cache_of_each(unsigned jobs) noexcept {
    constexpr std::size_t kTogether = std::size_t{1280} << 10, kLeast = std::size_t{160} << 10;
    return jobs > 1 ? std::max(kLeast, kTogether / jobs) : evtx::TemplateCache::kMaxCachedBytes;
}

// What the catalogue says of the event's fields.
redact::EventRoles roles_of(const events::Event& event, const catalogue::EventCatalogue& catalogue) {
    const auto* entry = catalogue.find(event.provider, event.provider_guid, event.id,
                                       [&](std::string_view name) { return event.field(name); });
    if (!entry) return {};
    return {entry->roles.address, entry->roles.target, entry->roles.user, entry->roles.domain};
}

void add_event(evtx::TextBuffer& out, const events::Event& event, const std::string& file, const EventPrint& how,
               RecordState state) {
    switch (how.format) {
        case EventFormat::text:
            return add_event_text(out, event, *how.catalogue, how.zone, state);
        case EventFormat::jsonl:
            return add_event_json(out, event, file, state);
        case EventFormat::xml:
            if (state.recovered) out.add("<!-- recovered -->");
            if (state.damaged) out.add("<!-- damaged -->");
            return add_event_xml(out, event);
        case EventFormat::csv:
            return add_event_csv(out, event, file, state);
    }
}

}  // namespace

// One thread's share. What it learned of templates serves the next log too.
class EvtxDumper::Worker {
public:
    explicit Worker(const EventPrint& how)
        : how_{how},
          templates_{cache_of_each(how.jobs)},
          filter_{templates_, how.filter->wanted()},
          choice_{*how.filter} {}

    void begin(const std::string& file) {
        file_ = &file;
        reader_.emplace(templates_, evtx::ChunkReader::Options{how_.recover, file});
        records_ = 0;
    }
    void run(EvtxLine& line) {
        constexpr std::size_t kMuch = std::size_t{4} << 20;  // text of one chunk; real ones become a tenth of it
        for (EvtxLine::Work work; line.take(work);) {
            reader_->open(work.chunk);
            while (reader_->next()) {
                ++records_;
                const std::size_t before = work.text->size();
                print(*work.text);
                if (how_.recover != evtx::Recover::off) sort_out(*work.text, before);
                if (work.text->size() > kMuch) line.write_early(work);
            }
            for (auto& notice : reader_->take_notices()) work.notices.push_back(std::move(notice));
            line.give(std::move(work));
            work = {};
        }
    }
    std::uint64_t records() const noexcept { return records_; }
    std::uint64_t copies() const noexcept { return copies_; }

    // The recovered records that were held back, but for those that the log has anyway.
    void release(evtx::TextBuffer& out) {
        std::size_t begin = 0;
        for (const Held& held : held_) {
            if (known_.add(held.key))
                out.add(held_text_.view().substr(begin, held.end - begin));
            else
                ++copies_;
            begin = held.end;
        }
        held_.clear();
        held_text_.clear();
    }

private:
    struct Held {
        std::uint64_t key{};
        std::size_t end{};  // in held_text_
    };

    // What was printed from `before` on is held back if it was recovered: its like may come later.
    void sort_out(evtx::TextBuffer& out, std::size_t before) {
        constexpr std::size_t kMaxHeld = std::size_t{16} << 20;
        if (out.size() == before) return;
        const std::uint64_t key = reader_->key();
        if (!reader_->record().recovered) {
            known_.add(key);
            return;
        }
        held_text_.add(out.from(before));
        held_.push_back({key, held_text_.size()});
        out.cut(before);
        if (held_text_.size() > kMaxHeld) release(out);
    }

    void print(evtx::TextBuffer& out) {
        if (how_.learning) return print_event(out, reader_->event(), *file_, how_);
        if (!filter_.accepts(*reader_)) return;
        const auto id = static_cast<std::uint32_t>(reader_->number(evtx::SystemField::id).value_or(0));
        if (!choice_.accepts(*reader_, id)) return;
        const RecordState state{reader_->record().recovered, reader_->record().damaged};
        if (how_.format == EventFormat::text || how_.format == EventFormat::csv || how_.redactor)
            return print_event(out, reader_->event(), *file_, how_, state);
        if (how_.format == EventFormat::jsonl) return reader_->json(out);
        if (state.recovered) out.add("<!-- recovered -->");
        if (state.damaged) out.add("<!-- damaged -->");
        reader_->xml(out);
    }

    const EventPrint& how_;
    const std::string* file_{};
    evtx::TemplateCache templates_;
    std::optional<evtx::ChunkReader> reader_;
    evtx::Filter filter_;
    EvtxChoice choice_;
    std::uint64_t records_{}, copies_{};
    evtx::RecordKeys known_;
    std::vector<Held> held_;
    evtx::TextBuffer held_text_;
};

void print_event(evtx::TextBuffer& out, const events::Event& event, const std::string& file, const EventPrint& how,
                 RecordState state) {
    if (!how.redactor) {
        if (how.filter->accepts(event)) add_event(out, event, file, how, state);
        return;
    }
    const auto roles = roles_of(event, *how.catalogue);
    if (how.learning) return redact::learn(event, roles, *how.redactor);
    if (!how.filter->accepts(event)) return;
    events::Event hidden = event;
    redact::redact(hidden, roles, *how.redactor);
    add_event(out, hidden, file, how, state);
}

EvtxDumper::EvtxDumper(const EventPrint& how) : how_{how} {}
EvtxDumper::~EvtxDumper() = default;

EvtxDumped EvtxDumper::dump(bytes::Source& source, const std::string& file, Output& out,
                            const std::function<void(const evtx::Notice&)>& tell) {
    EvtxDumped result;
    const EvtxLine::Tell counted = [&](const evtx::Notice& notice) {
        ++result.damages;
        tell(notice);
    };
    evtx::LogReader log{source, how_.recover};
    EvtxLine line{log, out, memory_, how_.jobs, counted};
    // The first batch shows whether the log is worth more than one. Recovering is one's work: what a record is compared
    // with, and whose templates it takes, must not depend on who was faster. Nor may it take another log's templates.
    const bool recovering = how_.recover != evtx::Recover::off;
    const unsigned jobs = how_.jobs > 1 && !recovering && line.prepare() ? how_.jobs : 1;
    if (recovering) workers_.clear();
    while (workers_.size() < jobs) workers_.push_back(std::make_unique<Worker>(how_));
    for (unsigned i = 0; i < jobs; ++i) workers_[i]->begin(file);
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 1; i < jobs; ++i) threads.emplace_back([&, i] { workers_[i]->run(line); });
        workers_.front()->run(line);
    }
    if (recovering) {
        evtx::TextBuffer held;
        workers_.front()->release(held);
        out.write(held.view());
        result.copies = workers_.front()->copies();
    }
    for (const evtx::Notice& notice : line.take_last()) counted(notice);
    for (unsigned i = 0; i < jobs; ++i) result.records += workers_[i]->records();
    if (log.header()) result.facts = evtx::notes_of(*log.header());
    return result;
}

}  // namespace rdpdx::app
