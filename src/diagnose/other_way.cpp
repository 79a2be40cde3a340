#include "src/diagnose/other_way.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>

namespace rdpdx::diagnose {
namespace {

using model::Attempt;
using model::Observation;
using model::Outcome;
using model::Stage;

constexpr model::Duration kNear = std::chrono::minutes{5};

enum class Way { unknown, name, address };

bool is_address(std::string_view text) {
    return text.find(':') != std::string_view::npos || text.find_first_not_of("0123456789.") == std::string_view::npos;
}

// A client sends the name that it was given as TLS server name, and none for an address.
Way way_of(const Attempt& a) {
    for (const model::Track& t : a.tracks)
        if (t.origin == model::Origin::client_log && !t.target.empty())
            return is_address(t.target) ? Way::address : Way::name;
    if (a.tls.version.empty()) return Way::unknown;
    return a.tls.sni.empty() || is_address(a.tls.sni) ? Way::address : Way::name;
}

// It came past what depends on the name.
bool worked(const Attempt& a) {
    return a.outcome == Outcome::succeeded ||
           (a.stage > Stage::early_authorization && model::main_track(a.stage) && a.outcome != Outcome::not_rdp);
}

void tell(Attempt& a, Way own, const Attempt& other) {
    if (a.tracks.empty() || a.tracks.front().seen.empty()) return;
    const auto text = [](Way way) { return way == Way::name ? "name" : "address"; };
    const Way others = own == Way::name ? Way::address : Way::name;
    const auto apart = a.started < other.started ? other.started - a.started : a.started - other.started;
    Observation o;
    o.time = a.tracks.front().ended;
    o.precision = a.tracks.front().precision;
    o.origin = a.tracks.front().origin;
    o.kind = "attempt.other-way";
    o.basis = model::Basis::inferred;
    o.evidence = a.tracks.front().seen.front().evidence;
    o.text = fmt::format("By {} the same client {} ({}, {} apart).", text(others),
                         worked(other) ? "got further" : "did not get further", other.id, model::to_text(apart));
    o.fields = {{"this", std::string{text(own)}},
                {"other", std::string{text(others)}},
                {"other_worked", std::int64_t{worked(other)}},
                {"other_stage", std::string{model::id(other.stage)}},
                {"apart_ms", std::int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(apart).count()}}};
    a.tracks.front().seen.push_back(std::move(o));
}

}  // namespace

void compare_ways(std::vector<Attempt>& attempts) {
    struct Last {
        std::optional<std::size_t> by[3];
    };
    std::map<std::pair<std::string, std::string>, Last> peers;
    std::vector<std::optional<std::size_t>> nearest(attempts.size());
    const auto apart = [&](std::size_t i, std::size_t j) { return attempts[i].started - attempts[j].started; };
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        const Attempt& a = attempts[i];
        const Way own = way_of(a);
        if (own == Way::unknown || a.client.address.empty() || a.server.address.empty()) continue;
        Last& last = peers[{a.client.address, a.server.address}];
        const auto other = last.by[static_cast<std::size_t>(own == Way::name ? Way::address : Way::name)];
        if (other && apart(i, *other) <= kNear) {
            nearest[i] = other;
            if (!nearest[*other]) nearest[*other] = i;
        }
        last.by[static_cast<std::size_t>(own)] = i;
    }
    for (std::size_t i = 0; i < attempts.size(); ++i)
        if (nearest[i]) tell(attempts[i], way_of(attempts[i]), attempts[*nearest[i]]);
}

}  // namespace rdpdx::diagnose
