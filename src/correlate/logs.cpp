#include "src/correlate/logs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "src/model/text.hpp"

namespace rdpdx::correlate {
namespace {

using model::Attempt;
using model::LogCover;
using model::LogNote;
using model::Origin;
using model::Track;

// A log that holds nothing but the attempt begins with it, give or take.
constexpr model::Duration kWithIt = std::chrono::seconds{30};

class Index {
public:
    explicit Index(const std::vector<LogCover>& logs) : logs_{logs} {
        for (std::size_t i = 0; i < logs.size(); ++i) by_name_[model::host_key(logs[i].computer)].push_back(i);
    }
    void add(Attempt& attempt, const std::string& name, Origin whose, const std::optional<model::Clock>& clock) const {
        const auto at = by_name_.find(model::host_key(name));
        if (name.empty() || at == by_name_.end()) return;
        for (const std::size_t i : at->second) {
            if (!model::same_host(logs_[i].computer, name)) continue;
            LogCover cover = logs_[i];
            cover.origin = whose;
            if (clock) {
                cover.first -= clock->ahead;
                cover.last -= clock->ahead;
            }
            attempt.logs.push_back(std::move(cover));
        }
    }

private:
    const std::vector<LogCover>& logs_;
    std::unordered_map<std::string, std::vector<std::size_t>> by_name_;
};

// The machine's own name for itself, and its clock, come from a log's track of the attempt where there is one.
void add_side(const Index& index, Attempt& attempt, Origin whose) {
    const bool client = whose == Origin::client_log;
    for (const Track& t : attempt.tracks)
        if (t.origin == whose) return index.add(attempt, (client ? t.client : t.server).name, whose, t.clock);
    index.add(attempt, (client ? attempt.client : attempt.server).name, whose, {});
}

}  // namespace

void add_logs(std::vector<Attempt>& attempts, const std::vector<LogCover>& logs) {
    if (logs.empty()) return;
    const Index index{logs};
    for (Attempt& a : attempts) {
        add_side(index, a, Origin::client_log);
        add_side(index, a, Origin::server_log);
    }
}

std::vector<LogNote> judge_logs(const std::vector<Attempt>& attempts) {
    struct Outside {
        std::size_t before{}, behind{};
        std::string first_before, first_behind;
        const LogCover* log{};
    };
    std::map<std::tuple<std::uint32_t, std::string, std::string>, Outside> found;
    for (const Attempt& a : attempts) {
        for (const LogCover& log : a.logs) {
            Outside& out = found[{log.input, log.computer, log.channel}];
            out.log = &log;
            if (log.first > a.started + kWithIt && out.before++ == 0) out.first_before = a.id;
            if (log.last < a.started && out.behind++ == 0) out.first_behind = a.id;
        }
    }
    std::vector<LogNote> notes;
    for (const auto& [key, out] : found) {
        LogNote note;
        std::tie(note.input, note.computer, note.channel) = key;
        const auto more = [](std::size_t n) { return n > 1 ? fmt::format(" and {} more", n - 1) : std::string{}; };
        if (out.before > 0) {
            note.kind = "begins-late";
            note.time = out.log->first;
            note.text = fmt::format(
                "The log {} begins after attempt {}{} had begun: what came before was overwritten or not exported.",
                note.channel, out.first_before, more(out.before));
            notes.push_back(note);
        }
        if (out.behind > 0) {
            note.kind = "ends-early";
            note.time = out.log->last;
            note.text = fmt::format("The log {} ends before attempt {}{} began.", note.channel, out.first_behind,
                                    more(out.behind));
            notes.push_back(note);
        }
    }
    return notes;
}

}  // namespace rdpdx::correlate
