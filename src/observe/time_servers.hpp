// Inside of observe: how far the clocks of RDP's two ends are off, by what time servers answered them in the capture.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "parsers/ntp/ntp.hpp"
#include "src/observe/placing.hpp"

namespace rdpdx::observe {

// Questions that wait for their answer, machines, and answers that are kept of one.
inline constexpr std::size_t kTimeQuestions = 256, kTimeMachines = 4096, kTimeAnswers = 16;

class TimeServers {
public:
    explicit TimeServers(CaptureSource source) : source_{source} {}
    void datagram(const net::Datagram& datagram, const stream::Mark& mark);
    // False where datagram() would do nothing.
    static bool wants(const net::Glance& datagram) noexcept {
        return datagram.destination_port == ntp::kPort || datagram.source_port == ntp::kPort;
    }
    // At the end of the capture: into each track what was said of its two addresses.
    void take(std::vector<model::Track>& tracks);

private:
    struct Question {
        net::Endpoint from, to;
        std::uint64_t transmit{};
        stream::Mark mark;
    };
    struct Answer {
        net::Address server;
        stream::Mark mark;
        model::Duration ahead{};  // the machine's clock before the server's
        bool own_time{};          // the question's time is the clock's, as far as one packet can show it
    };
    void answer(const ntp::Packet& packet, const net::Datagram& datagram, const stream::Mark& mark);
    void observe(model::Track& track, const std::string& address, std::string_view of) const;

    CaptureSource source_;
    std::deque<Question> asked_;
    std::map<net::Address, std::vector<Answer>> machines_;
};

}  // namespace rdpdx::observe
