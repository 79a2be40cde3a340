// Look-ups -> observations of the connections they led to.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/model/text.hpp"
#include "src/observe/convert.hpp"
#include "src/observe/names.hpp"

namespace rdpdx::observe {
namespace {

// Nobody waits longer for an answer before asking again or giving up.
constexpr model::Duration kAnswerWithin = std::chrono::seconds{5};

// Names of the server that the connection itself shows.
std::set<std::string> shown_names(const model::Track& track) {
    std::set<std::string> out;
    const auto add = [&](std::string_view text) {
        constexpr std::string_view kService = "termsrv/";
        std::string name = model::lower(text);
        if (name.starts_with(kService)) name.erase(0, kService.size());
        if (!name.empty()) out.insert(std::move(name));
    };
    add(track.wire->tls.sni);
    for (const model::Observation& o : track.seen) {
        if (o.kind == "kdc.pdu" && model::lower(o.string("sname")).starts_with("termsrv/")) add(o.string("sname"));
        if (o.kind == "credssp.pdu" && model::lower(o.string("target")).starts_with("termsrv/"))
            add(o.string("target"));
    }
    return out;
}

std::vector<std::string> texts(const auto& addresses) {
    std::vector<std::string> out;
    for (const net::Address& a : addresses) out.push_back(net::to_text(a));
    return out;
}

// A certificate's names, in lower case: subject alternative names, else the common name.
bool names_host(const model::Certificate& certificate, std::string_view host) {
    constexpr std::string_view kDns = "DNS:", kCommonName = "CN=";
    const auto fits = [&](std::string_view name) {
        const std::string n = model::lower(name);
        return n.starts_with("*.") ? host.ends_with(n.substr(1)) : model::same_host(n, host);
    };
    for (const std::string& name : certificate.subject_alt_names)
        if (name.starts_with(kDns) && fits(std::string_view{name}.substr(kDns.size()))) return true;
    const auto at = certificate.subject.find(kCommonName);
    if (at == std::string::npos) return false;
    const std::string_view rest = std::string_view{certificate.subject}.substr(at + kCommonName.size());
    return fits(rest.substr(0, rest.find(',')));
}

bool connected_to(const std::vector<model::Track>& tracks, const std::string& address) {
    return std::ranges::any_of(
        tracks, [&](const model::Track& t) { return t.wire && t.wire->connected && t.server.address == address; });
}

}  // namespace

// Most captures have no answer that led to a connection, and need none of this.
const std::set<net::Address>& NameLookups::given(const std::string& name) {
    if (given_.empty())
        for (const auto& [address, client] : clients_)
            for (const Lookup& l : client.near) given_[l.name].insert(l.addresses.begin(), l.addresses.end());
    return given_[name];
}

model::Observation NameLookups::answer(const model::Track& track, const Lookup& lookup, bool matches,
                                       const std::vector<model::Track>& tracks) {
    const auto addresses = texts(lookup.addresses);
    std::vector<std::string> others;
    for (const net::Address& a : given(lookup.name))
        if (!lookup.holds(a) && others.size() < kAddressesALookup) others.push_back(net::to_text(a));
    const bool other_works = std::ranges::any_of(others, [&](const auto& a) { return connected_to(tracks, a); });
    std::string said = fmt::format("{} by {} answers {} for {}", lookup.protocol, net::to_text(lookup.server),
                                   fmt::join(addresses, ", "), lookup.name);
    if (!matches) said += fmt::format("; the client connects to {}", track.server.address);
    if (!others.empty()) said += fmt::format("; another answer for the name is {}", fmt::join(others, ", "));
    model::Observation o = source_.observation(*lookup.answered, "dns.answer", said + ".");
    o.stage = model::Stage::name_resolution;
    o.effect = matches ? model::Effect::passed : model::Effect::noted;
    o.fields = {{"name", lookup.name},
                {"protocol", std::string{lookup.protocol}},
                {"server", net::to_text(lookup.server)},
                {"addresses", addresses},
                {"matches", flag(matches)}};
    if (!others.empty()) {
        o.fields.push_back({"others", others});
        o.fields.push_back({"other_works", flag(other_works)});
    }
    if (track.wire->certificate)
        o.fields.push_back({"certificate_fits", flag(names_host(*track.wire->certificate, lookup.name))});
    return o;
}

model::Observation NameLookups::failure(const Lookup& lookup) const {
    std::string reason{lookup.answered ? dns::rcode_name(lookup.rcode) : "no answer"};
    if (reason.empty()) reason = fmt::format("code {}", lookup.rcode);
    if (lookup.answered && lookup.rcode == dns::kNoError) reason = "no address";
    const std::string server = net::to_text(lookup.server);
    const std::string said =
        lookup.answered
            ? fmt::format("{} by {} has no address for {}: {}.", lookup.protocol, server, lookup.name, reason)
            : fmt::format("Nobody answers {} for {}, asked of {}.", lookup.protocol, lookup.name, server);
    model::Observation o = source_.observation(lookup.answered.value_or(lookup.asked), "dns.failure", said);
    o.stage = model::Stage::name_resolution;
    o.fields = {
        {"name", lookup.name}, {"protocol", std::string{lookup.protocol}}, {"server", server}, {"reason", reason}};
    if (lookup.answered) o.fields.push_back({"code", number(lookup.rcode)});
    o.fields.push_back({"tries", number(lookup.tries)});
    return o;
}

void NameLookups::observe_track(model::Track& track, const std::vector<model::Track>& tracks, model::Time capture_end) {
    const auto client = net::parse_address(track.client.address), server = net::parse_address(track.server.address);
    const auto at = client ? clients_.find(*client) : clients_.end();
    if (!server || at == clients_.end()) return;
    auto names = shown_names(track);
    const auto before = [&](const Lookup& l) {
        return l.asked.time <= track.started && track.started - l.asked.time <= kNamesBefore;
    };
    const auto shown = [&](const Lookup& l) {
        return std::ranges::any_of(names, [&](const std::string& n) { return model::same_host(n, l.name); });
    };
    std::set<std::pair<std::string, std::string_view>> resolved;  // name and protocol
    std::vector<model::Observation> said;
    // The latest answer with the address counts; an address of the other family says nothing.
    for (auto l = at->second.near.rbegin(); l != at->second.near.rend(); ++l) {
        const bool told = before(*l) && l->answered && l->answered->time <= track.started && l->holds(*server);
        if (!told || !resolved.emplace(l->name, l->protocol).second) continue;
        names.insert(l->name);
        said.push_back(answer(track, *l, true, tracks));
    }
    const std::size_t of_family = server->family == 4 ? dns::kA : dns::kAaaa;
    for (const Lookup& l : at->second.near) {
        if (!before(l) || !shown(l) || resolved.contains({l.name, l.protocol})) continue;
        const bool family = l.type == of_family || l.type == dns::kNetbios;
        const bool unanswered = !l.answered && capture_end - l.asked.time >= kAnswerWithin;
        if (!l.addresses.empty() && l.answered && family)
            said.push_back(answer(track, l, false, tracks));
        else if (l.addresses.empty() && family && (l.answered || unanswered))
            said.push_back(failure(l));
    }
    for (model::Observation& o : said) insert(track, std::move(o));
}

}  // namespace rdpdx::observe
