// Binary logs to text, chunks side by side, in the order of the file.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "parsers/bytes/source.hpp"
#include "parsers/evtx/log.hpp"
#include "parsers/evtx/reader.hpp"
#include "src/app/event_filter.hpp"
#include "src/app/event_text.hpp"
#include "src/app/evtx_line.hpp"
#include "src/app/output.hpp"
#include "src/redact/redactor.hpp"

namespace rdpdx::app {

enum class EventFormat { text, jsonl, xml, csv };

// How events are printed, and which.
struct EventPrint {
    EventFormat format{};
    const EventFilter* filter{};
    const catalogue::EventCatalogue* catalogue{};
    evtx::Recover recover{};
    unsigned jobs{1};
    // Where names are hidden; then one job only. First it learns of every event, whatever the filter says, and nothing
    // is printed.
    redact::Redactor* redactor{};
    bool learning{};
    model::Zone zone{};  // of the times that people see
};

// Adds the event to `out` if the filter lets it through. `file` is its name as it is shown.
void print_event(evtx::TextBuffer& out, const events::Event& event, const std::string& file, const EventPrint& how,
                 RecordState state = {});

struct EvtxDumped {
    std::uint64_t records{};  // that the log holds, printed or not
    std::uint64_t damages{};
    std::uint64_t copies{};          // recovered records that were there already, so they are not printed
    std::vector<std::string> facts;  // about the log, not damage
};

// Prints one log after the other; of each log recovered records come last (16 MiB of them at a time, when there is
// more). Memory is that of some chunks and their text for each job, whatever the files' sizes.
class EvtxDumper {
public:
    // `how`, and what it points to, must outlive the dumper.
    explicit EvtxDumper(const EventPrint& how);
    ~EvtxDumper();
    EvtxDumper(const EvtxDumper&) = delete;
    EvtxDumper& operator=(const EvtxDumper&) = delete;

    // `tell` hears what was lost, in order, on any thread but one at a time.
    EvtxDumped dump(bytes::Source& source, const std::string& file, Output& out,
                    const std::function<void(const evtx::Notice&)>& tell);

private:
    class Worker;
    const EventPrint& how_;
    EvtxLine::Memory memory_;
    std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace rdpdx::app
