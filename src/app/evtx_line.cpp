#include "src/app/evtx_line.hpp"

#include <utility>

namespace rdpdx::app {
namespace {

constexpr std::size_t kMaxWaiting = std::size_t{4} << 20;   // bytes of text that wait for their turn
constexpr std::size_t kMaxKeptText = std::size_t{1} << 20;  // longer ones are rare, so their memory is given back

}  // namespace

EvtxLine::EvtxLine(evtx::LogReader& log, Output& out, Memory& memory, unsigned jobs, const Tell& tell)
    : log_{log}, out_{out}, memory_{memory}, tell_{tell}, ahead_{std::size_t{2} * jobs + 2} {}

// Whoever holds work never waits here, so what has been handed out will be written.
bool EvtxLine::may_go_ahead() const noexcept { return next_number_ - written_ < ahead_ && waiting_ < kMaxWaiting; }

bool EvtxLine::take(Work& work) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return may_go_ahead() || !out_.good(); });
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
    if (memory_.texts.empty()) {
        work.text = std::make_unique<evtx::TextBuffer>();
    } else {
        work.text = std::move(memory_.texts.back());
        memory_.texts.pop_back();
    }
    return true;
}

bool EvtxLine::prepare() {
    const std::lock_guard lock{mutex_};
    constexpr std::size_t kWorthAThread = 8;
    return read_batch(first_) && batch_->chunks().size() >= kWorthAThread;
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

bool EvtxLine::read_batch(std::vector<evtx::Notice>& notices) {
    // Who still works on a batch keeps it; otherwise its memory serves again.
    batch_.reset();
    for (auto& spare : memory_.batches)
        if (spare.use_count() == 1) batch_ = spare;
    if (!batch_) memory_.batches.push_back(batch_ = std::make_shared<evtx::Batch>());
    next_chunk_ = 0;
    ended_ = !log_.next(*batch_);
    for (auto& notice : log_.take_notices()) (ended_ ? last_ : notices).push_back(std::move(notice));
    return !ended_;
}

void EvtxLine::write(Work& work) {
    out_.write(work.text->view());
    work.text->clear();
    for (const evtx::Notice& notice : work.notices) tell_(notice);
    work.notices.clear();
}

}  // namespace rdpdx::app
