// The chunks of a log are handed out in order, and what they became is written in that order. A worker that is ahead of
// the others leaves its text here and goes on, up to a bound.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "parsers/evtx/log.hpp"
#include "parsers/evtx/text_buffer.hpp"
#include "src/app/output.hpp"

namespace rdpdx::app {

class EvtxLine {
public:
    // What is used again for the next chunk, and the next log.
    struct Memory {
        std::vector<std::shared_ptr<evtx::Batch>> batches;
        std::vector<std::unique_ptr<evtx::TextBuffer>> texts;
    };
    struct Work {
        std::shared_ptr<evtx::Batch> batch;  // keeps the chunk's bytes
        evtx::Chunk chunk;
        std::uint64_t number{};
        std::unique_ptr<evtx::TextBuffer> text;
        std::vector<evtx::Notice> notices;
    };
    using Tell = std::function<void(const evtx::Notice&)>;

    // All must outlive the line, and the memory serves one line at a time. `tell` hears of losses in the order of the
    // file, from one thread at a time.
    EvtxLine(evtx::LogReader& log, Output& out, Memory& memory, unsigned jobs, const Tell& tell);

    // Before the first work: reads as far as one does anyway, and says whether there is enough for several workers.
    bool prepare();
    // False at the end, or when nothing can be written any more.
    bool take(Work& work);
    void give(Work&& work);
    // Writes what there is so far, once it is this work's turn. For the few whose text is too long to be kept.
    void write_early(Work& work);
    // What was found behind the last chunk.
    std::vector<evtx::Notice> take_last();

private:
    bool may_go_ahead() const noexcept;
    bool worth_reading() const noexcept;
    void read_ahead(std::unique_lock<std::mutex>& lock);
    void write(Work& work);

    evtx::LogReader& log_;
    Output& out_;
    Memory& memory_;
    const Tell& tell_;
    const unsigned jobs_;
    const std::size_t ahead_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::shared_ptr<evtx::Batch> batch_, next_batch_;  // next_: what one of the workers has read meanwhile
    std::size_t next_chunk_{};
    std::uint64_t next_number_{}, written_{};
    std::map<std::uint64_t, Work> done_;
    std::size_t waiting_{};                                    // bytes of text in done_
    std::vector<evtx::Notice> notices_, next_notices_, last_;  // of a batch, told with its first chunk; of the end
    bool ended_{}, reading_{}, writing_{};
};

}  // namespace rdpdx::app
