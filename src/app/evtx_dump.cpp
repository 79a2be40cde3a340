#include "src/app/evtx_dump.hpp"

#include <algorithm>
#include <thread>

#include "src/app/evtx_choice.hpp"
#include "src/app/evtx_line.hpp"

namespace rdpdx::app {

namespace {

// Together the workers keep what one would, as far as that leaves each enough for a log of one kind of events.
std::size_t cache_of_each(unsigned jobs) noexcept {
    constexpr std::size_t kLeast = std::size_t{256} << 10;
    return std::max(kLeast, evtx::TemplateCache::kMaxCachedBytes / jobs);
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
                print(*work.text);
                if (work.text->size() > kMuch) line.write_early(work);
            }
            for (auto& notice : reader_->take_notices()) work.notices.push_back(std::move(notice));
            line.give(std::move(work));
            work = {};
        }
    }
    std::uint64_t records() const noexcept { return records_; }

private:
    void print(evtx::TextBuffer& out) {
        if (!filter_.accepts(*reader_)) return;
        const EventFilter& filter = *how_.filter;
        const auto id = static_cast<std::uint32_t>(reader_->number(evtx::SystemField::id).value_or(0));
        if (!filter.by_id(id) || (filter.asks_provider() && !filter.by_provider(provider_of(*reader_)))) return;
        const RecordState state{reader_->record().recovered, reader_->record().damaged};
        if (how_.format == EventFormat::text || how_.format == EventFormat::csv)
            return print_event(out, reader_->event(), *file_, how_, state);
        if (!filter.decided_by_head(id) && !choice_.accepts(*reader_, id)) return;
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
    std::uint64_t records_{};
};

void print_event(evtx::TextBuffer& out, const events::Event& event, const std::string& file, const EventPrint& how,
                 RecordState state) {
    if (!how.filter->accepts(event)) return;
    switch (how.format) {
        case EventFormat::text:
            return add_event_text(out, event, *how.catalogue, state);
        case EventFormat::jsonl:
            return add_event_json(out, event, file);
        case EventFormat::xml:
            return add_event_xml(out, event);
        case EventFormat::csv:
            return add_event_csv(out, event, file, state);
    }
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
    // The first batch shows whether the log is worth more than one.
    const unsigned jobs = how_.jobs > 1 && line.prepare() ? how_.jobs : 1;
    // A recovered record must not be explained by another log's templates.
    if (how_.recover != evtx::Recover::off) workers_.clear();
    while (workers_.size() < jobs) workers_.push_back(std::make_unique<Worker>(how_));
    for (unsigned i = 0; i < jobs; ++i) workers_[i]->begin(file);
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 1; i < jobs; ++i) threads.emplace_back([&, i] { workers_[i]->run(line); });
        workers_.front()->run(line);
    }
    for (const evtx::Notice& notice : line.take_last()) counted(notice);
    for (unsigned i = 0; i < jobs; ++i) result.records += workers_[i]->records();
    if (log.header()) result.facts = evtx::notes_of(*log.header());
    return result;
}

}  // namespace rdpdx::app
