#include "src/app/evtx_dump.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace rdpdx::app {
namespace {

using Notices = std::vector<evtx::Notice>;

// The chunks of a log are handed out in order, and what they became is written in that order. A worker that is ahead of
// the others leaves its text here and goes on, up to a bound.
class Line {
public:
    Line(evtx::LogReader& log, Output& out, unsigned jobs, const std::function<void(const evtx::Notice&)>& tell)
        : log_{log}, out_{out}, tell_{tell}, ahead_{std::size_t{4} * jobs} {}

    struct Work {
        std::shared_ptr<evtx::Batch> batch;  // keeps the chunk's bytes
        evtx::Chunk chunk;
        std::uint64_t number{};
        std::unique_ptr<evtx::TextBuffer> text;
        Notices notices;
    };

    // False at the end, or when nothing can be written any more.
    bool take(Work& work) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return next_number_ - written_ < ahead_ || !out_.good(); });
        if (ended_ || !out_.good()) return false;
        if (!batch_ || next_chunk_ == batch_->chunks().size()) {
            do {
                if (!read_batch(work.notices)) return false;
            } while (batch_->chunks().empty());
        }
        for (auto& notice : first_) work.notices.push_back(std::move(notice));
        first_.clear();
        work.batch = batch_;
        work.chunk = batch_->chunks()[next_chunk_++];
        work.number = next_number_++;
        if (free_.empty()) {
            work.text = std::make_unique<evtx::TextBuffer>();
        } else {
            work.text = std::move(free_.back());
            free_.pop_back();
        }
        return true;
    }

    // Before the first work: reads as far as one does anyway, and says whether there is enough for several workers.
    bool prepare() {
        const std::lock_guard lock{mutex_};
        constexpr std::size_t kWorthAThread = 8;
        return read_batch(first_) && batch_->chunks().size() >= kWorthAThread;
    }

    void give(Work&& work) {
        std::unique_lock lock{mutex_};
        work.batch.reset();
        done_.emplace(work.number, std::move(work));
        while (!writing_ && !done_.empty() && done_.begin()->first == written_) {
            Work next = std::move(done_.extract(done_.begin()).mapped());
            writing_ = true;
            lock.unlock();
            write(next);
            lock.lock();
            writing_ = false;
            ++written_;
            free_.push_back(std::move(next.text));
            changed_.notify_all();
        }
    }

    // Writes what there is so far, once it is this work's turn. For the few whose text is too long to be kept.
    void write_early(Work& work) {
        {
            std::unique_lock lock{mutex_};
            changed_.wait(lock, [&] { return written_ == work.number && !writing_; });
        }
        write(work);
    }

    Notices take_last() {
        const std::lock_guard lock{mutex_};
        return std::move(last_);
    }

private:
    bool read_batch(Notices& notices) {
        // Who still works on the batch keeps it; otherwise its memory serves again.
        if (!batch_ || batch_.use_count() > 1) {
            batch_.reset();
            for (auto& spare : batches_)
                if (spare.use_count() == 1) batch_ = spare;
            if (!batch_) batches_.push_back(batch_ = std::make_shared<evtx::Batch>());
        }
        next_chunk_ = 0;
        ended_ = !log_.next(*batch_);
        for (auto& notice : log_.take_notices()) (ended_ ? last_ : notices).push_back(std::move(notice));
        return !ended_;
    }
    void write(Work& work) {
        out_.write(work.text->view());
        work.text->clear();
        for (const evtx::Notice& notice : work.notices) tell_(notice);
        work.notices.clear();
    }

    evtx::LogReader& log_;
    Output& out_;
    const std::function<void(const evtx::Notice&)>& tell_;
    const std::size_t ahead_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::shared_ptr<evtx::Batch>> batches_;
    std::shared_ptr<evtx::Batch> batch_;
    std::size_t next_chunk_{};
    std::uint64_t next_number_{}, written_{};
    std::map<std::uint64_t, Work> done_;
    std::vector<std::unique_ptr<evtx::TextBuffer>> free_;
    Notices first_, last_;
    bool ended_{}, writing_{};
};

class Worker {
public:
    Worker(const std::string& file, const EventPrint& how)
        : file_{file}, how_{how}, reader_{templates_, {how.recover, file}}, filter_{templates_, how.filter->wanted()} {}

    void run(Line& line) {
        constexpr std::size_t kMuch = std::size_t{4} << 20;  // text of one chunk; real ones become a tenth of it
        for (Line::Work work; line.take(work);) {
            reader_.open(work.chunk);
            while (reader_.next()) {
                ++records_;
                print(*work.text);
                if (work.text->size() > kMuch) line.write_early(work);
            }
            for (auto& notice : reader_.take_notices()) work.notices.push_back(std::move(notice));
            line.give(std::move(work));
            work = {};
        }
    }
    std::uint64_t records() const noexcept { return records_; }

private:
    void print(evtx::TextBuffer& out) {
        if (!filter_.accepts(reader_)) return;
        const EventFilter& filter = *how_.filter;
        const auto id = static_cast<std::uint32_t>(reader_.number(evtx::SystemField::id).value_or(0));
        if (!filter.by_id(id) || (filter.asks_provider() && !filter.by_provider(provider()))) return;
        const RecordState state{reader_.record().recovered, reader_.record().damaged};
        if (how_.format == EventFormat::text || how_.format == EventFormat::csv)
            return print_event(out, reader_.event(), file_, how_, state);
        if (!filter.decided_by_head(id) && !filter.accepts(reader_.event())) return;
        if (how_.format == EventFormat::jsonl) return reader_.json(out);
        if (state.recovered) out.add("<!-- recovered -->");
        if (state.damaged) out.add("<!-- damaged -->");
        reader_.xml(out);
    }

    std::string_view provider() {
        const auto name = reader_.text(evtx::SystemField::provider);
        return name.empty() ? reader_.text(evtx::SystemField::source_name) : name;
    }

    const std::string& file_;
    const EventPrint& how_;
    evtx::TemplateCache templates_;
    evtx::ChunkReader reader_;
    evtx::Filter filter_;
    std::uint64_t records_{};
};

}  // namespace

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

EvtxDumped dump_evtx(bytes::Source& source, const std::string& file, const EventPrint& how, Output& out,
                     const std::function<void(const evtx::Notice&)>& tell) {
    EvtxDumped result;
    const auto counted = [&](const evtx::Notice& notice) {
        ++result.damages;
        tell(notice);
    };
    const std::function<void(const evtx::Notice&)> heard = counted;
    evtx::LogReader log{source, how.recover};
    Line line{log, out, how.jobs, heard};
    std::vector<std::unique_ptr<Worker>> workers;
    {
        std::vector<std::jthread> threads;
        workers.push_back(std::make_unique<Worker>(file, how));
        // The first batch shows whether the log is worth more than one.
        if (how.jobs > 1 && line.prepare()) {
            for (unsigned i = 1; i < how.jobs; ++i) {
                workers.push_back(std::make_unique<Worker>(file, how));
                threads.emplace_back([&, worker = workers.back().get()] { worker->run(line); });
            }
        }
        workers.front()->run(line);
    }
    for (const evtx::Notice& notice : line.take_last()) heard(notice);
    for (const auto& worker : workers) result.records += worker->records();
    if (log.header()) result.facts = evtx::notes_of(*log.header());
    return result;
}

}  // namespace rdpdx::app
