#include "src/app/evtx_line.hpp"

#include <utility>

namespace rdpdx::app {
namespace {

constexpr std::size_t kMaxWaiting = std::size_t{4} << 20;   // bytes of text that wait for their turn
constexpr std::size_t kMaxKeptText = std::size_t{1} << 20;  // longer ones are rare, so their memory is given back

}  // namespace

EvtxLine::EvtxLine(evtx::LogReader& log, Output& out, Memory& memory, unsigned jobs, const Tell& tell)
    : log_{log}, out_{out}, memory_{memory}, tell_{tell}, jobs_{jobs}, ahead_{std::size_t{2} * jobs + 2} {}

// Whoever holds work never waits here, so what has been handed out will be written.
bool EvtxLine::may_go_ahead() const noexcept { return next_number_ - written_ < ahead_ && waiting_ < kMaxWaiting; }

// Several workers need not wait for the file: when half of a batch is handed out, one of them reads the next.
bool EvtxLine::worth_reading() const noexcept {
    if (ended_ || reading_ || next_batch_) return false;
    const std::size_t left = batch_ ? batch_->chunks().size() - next_chunk_ : 0;
    return left == 0 || (jobs_ > 1 && left * 2 <= batch_->chunks().size());
}

bool EvtxLine::take(Work& work) {
    std::unique_lock lock{mutex_};
    while (true) {
        changed_.wait(lock, [&] { return may_go_ahead() || !out_.good(); });
        if (!out_.good()) return false;
        if (worth_reading()) {
            read_ahead(lock);
        } else if (batch_ && next_chunk_ < batch_->chunks().size()) {
            break;
        } else if (next_batch_) {
            batch_ = std::move(next_batch_);
            next_batch_.reset();
            next_chunk_ = 0;
            notices_ = std::exchange(next_notices_, {});
        } else if (reading_) {
            changed_.wait(lock);
        } else {
            return false;
        }
    }
    work.notices = std::exchange(notices_, {});
    work.batch = batch_;
    work.chunk = batch_->chunks()[next_chunk_++];
    work.number = next_number_++;
    if (memory_.texts.empty()) {
        work.text = std::make_unique<evtx::TextBuffer>();
    } else {
        work.text = std::move(memory_.texts.back());
        memory_.texts.pop_back();
    }
    return true;
}

bool EvtxLine::prepare() {
    std::unique_lock lock{mutex_};
    constexpr std::size_t kWorthAThread = 8;
    read_ahead(lock);
    return next_batch_ && next_batch_->chunks().size() >= kWorthAThread;
}

void EvtxLine::give(Work&& work) {
    std::unique_lock lock{mutex_};
    work.batch.reset();
    waiting_ += work.text->size();
    done_.emplace(work.number, std::move(work));
    while (!writing_ && !done_.empty() && done_.begin()->first == written_) {
        Work next = std::move(done_.extract(done_.begin()).mapped());
        waiting_ -= next.text->size();
        writing_ = true;
        lock.unlock();
        write(next);
        lock.lock();
        writing_ = false;
        ++written_;
        if (next.text->capacity() <= kMaxKeptText) memory_.texts.push_back(std::move(next.text));
        changed_.notify_all();
    }
}

void EvtxLine::write_early(Work& work) {
    {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return written_ == work.number && !writing_; });
    }
    write(work);
}

std::vector<evtx::Notice> EvtxLine::take_last() {
    const std::lock_guard lock{mutex_};
    return std::exchange(last_, {});
}

// Without the lock, so that the others go on meanwhile.
void EvtxLine::read_ahead(std::unique_lock<std::mutex>& lock) {
    // Who still works on a batch keeps it; otherwise its memory serves again.
    if (batch_ && next_chunk_ == batch_->chunks().size()) batch_.reset();
    std::shared_ptr<evtx::Batch> batch;
    for (auto& spare : memory_.batches)
        if (spare.use_count() == 1) batch = spare;
    if (!batch) memory_.batches.push_back(batch = std::make_shared<evtx::Batch>());
    reading_ = true;
    lock.unlock();
    const bool more = log_.next(*batch);
    auto notices = log_.take_notices();
    lock.lock();
    reading_ = false;
    ended_ = !more;
    (more ? next_notices_ : last_) = std::move(notices);
    if (more) next_batch_ = std::move(batch);
    changed_.notify_all();
}

void EvtxLine::write(Work& work) {
    out_.write(work.text->view());
    work.text->clear();
    for (const evtx::Notice& notice : work.notices) tell_(notice);
    work.notices.clear();
}

}  // namespace rdpdx::app
