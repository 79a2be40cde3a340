// Each packet of a capture to whom it concerns.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>

#include "parsers/capture/reader.hpp"
#include "src/analysis/coverage.hpp"
#include "src/observe/wire.hpp"

namespace rdpdx::analysis {

class PacketWalk {
public:
    // Of so many packets at once each look-up is begun before the first of them is finished.
    static constexpr std::size_t kRun = 32;

    // An empty expression lets everything through. Table and observer outlive the walk.
    PacketWalk(const std::string& filter, stream::Table& table, observe::WireObserver& observer);

    // At most kRun packets, in file order.
    void run(std::span<const capture::Packet> packets);

    std::uint64_t packets() const noexcept { return packets_; }
    // Of the packets so far.
    std::optional<model::Time> first_time() const noexcept { return first_time_; }
    std::optional<model::Time> last_time() const noexcept { return last_time_; }
    CoverageWatch& coverage() noexcept { return coverage_; }
    const net::Losses& losses() const noexcept { return decoder_.losses(); }
    // Nothing without an expression, or where libpcap does not take it.
    const std::optional<capture::Filter>& filter() const noexcept { return filter_; }
    std::uint64_t filtered() const noexcept { return filtered_; }

private:
    // Each is written some packets before it is read, and where it stays: nobody waits for what he has just written.
    struct Ahead {
        stream::Mark mark;
        net::Glance seen;
        stream::Table::Place place;
        bool glanced{};
    };
    void note_time(model::Time time);
    void note_times(std::span<const capture::Packet> packets);
    void look_ahead(std::span<const capture::Packet> packets);
    bool concerns_nobody(const Ahead& ahead);
    void hand_on(const capture::Packet& packet, const Ahead& ahead);

    std::optional<capture::Filter> filter_;
    stream::Table& table_;
    observe::WireObserver& observer_;
    net::Decoder decoder_;
    CoverageWatch coverage_;
    std::array<Ahead, kRun> ahead_;
    std::optional<model::Time> first_time_, last_time_;
    std::uint64_t packets_{}, filtered_{};
};

}  // namespace rdpdx::analysis
