// Small reports, for tests of the formats.
#pragma once

#include <string>

#include "tests/support/attempts.hpp"

namespace rdpdx::test {

// One failed attempt with a hostile cookie.
inline model::Report small_report(const std::string& cookie) {
    model::Report r;
    r.version = "0";
    model::Input input;
    input.path = "case/a.pcap";
    input.kind = "pcap capture";
    r.inputs.push_back(input);
    auto a = attempt_of({wire_track({saw("x224.connection-request", 1), saw("tcp.fin", 2)})});
    a.tracks[0].seen[0].text = "The client asks, cookie mstshash=" + cookie;
    a.user = cookie;
    a.outcome = model::Outcome::failed;
    a.stage = model::Stage::x224_negotiation;
    a.end_evidence = a.tracks[0].seen[1].evidence;
    a.end_kind = "fin";
    for (std::size_t i = 0; i < model::kStages; ++i) a.stages.push_back({static_cast<model::Stage>(i), {}, {}, {}, {}});
    r.attempts.push_back(a);
    r.incidents.push_back({"I1", {0}, model::Outcome::failed});
    r.verdict = {0, model::Outcome::failed, "It failed."};
    return r;
}

}  // namespace rdpdx::test
