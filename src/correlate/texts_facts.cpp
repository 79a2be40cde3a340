#include "src/correlate/texts_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/model/text.hpp"

namespace rdpdx::correlate {
namespace {

using model::Attempt;
using model::Field;
using model::Observation;
using model::Party;

constexpr std::ptrdiff_t kOwnFields = 2;  // of, tie

class Facts {
public:
    Facts(const Attempt& attempt, const std::vector<PlacedTexts>& placed) : attempt_{attempt}, placed_{placed} {}

    model::Track track(const PlacedTexts& p) {
        model::Track out;
        out.origin = model::Origin::other_log;
        out.input = p.texts->input;
        out.started = out.ended = attempt_.ended;
        out.precision = attempt_.precision;
        (p.side == Party::server ? out.server : out.client) =
            p.side == Party::server ? attempt_.server : attempt_.client;
        for (std::size_t i = 0; i < p.texts->seen.size(); ++i) {
            const Observation& seen = p.texts->seen[i];
            if (seen.kind == "config.listener" && !wanted_listener(seen)) continue;
            Observation o = mine(p, seen);
            if (o.kind == "config.registry") add_effect(p, o);
            if (o.kind == "config.schannel") add_offered(p, o);
            if (o.kind == "config.certificate") add_expired(p, i, o);
            if (o.string("name") == "SSLCertificateSHA1Hash") out.seen.push_back(binding(p, o));
            out.seen.push_back(std::move(o));
        }
        if (p.side == Party::server) nobody(p, out.seen);
        return out;
    }

private:
    bool wanted_listener(const Observation& o) const {
        if (o.string("source") == "qwinsta") return o.string("name") == "rdp-tcp";
        return o.number("port") == attempt_.server.port;
    }
    Observation mine(const PlacedTexts& p, const Observation& seen) const {
        Observation o = seen;
        o.time = attempt_.ended;
        o.precision = attempt_.precision;
        o.fields.edit().insert(o.fields.edit().begin(),
                               {Field{"of", std::string{model::id(p.side)}}, Field{"tie", std::string{p.tie}}});
        if (p.tie == "only-server") o.text += " It is taken for the server's, as the case has only one server.";
        return o;
    }
    template <class Use>
    void each(Party side, Use use) const {
        for (const PlacedTexts& p : placed_)
            if (p.side == side) use(*p.texts);
    }
    // Policies are over what the listener's own key says.
    void add_effect(const PlacedTexts& p, Observation& o) const {
        bool over = false;
        each(p.side, [&](const model::MachineTexts& t) {
            for (const Observation& other : t.seen)
                over = over || (other.kind == o.kind && other.string("key") == "policy" &&
                                other.string("name") == o.string("name"));
        });
        const bool policy = o.number("policy") == 1;
        o.fields.push_back({"effective", std::int64_t{policy || !over}});
        if (!policy && over) o.text += " A policy is over it.";
        if (o.string("name") == "PortNumber" && attempt_.server.port != 0)
            o.fields.push_back({"agrees", std::int64_t{o.number("value") == attempt_.server.port}});
    }
    void add_expired(const PlacedTexts& p, std::size_t place, Observation& o) const {
        for (const auto& c : p.texts->certificates)
            if (c.seen == place && c.valid_until)
                o.fields.edit().insert(o.fields.edit().end() - 1,
                                       {"expired", std::int64_t{*c.valid_until < attempt_.started}});
    }
    // The certificate that the listener is bound to, by its hash.
    Observation binding(const PlacedTexts& p, const Observation& value) const {
        Observation o = value;
        const std::string sha1 = model::lower(value.string("value"));
        o.kind = "config.binding";
        o.fields.edit().resize(kOwnFields);
        o.fields.push_back({"sha1", sha1});
        o.text = fmt::format("When the texts were collected, the listener was bound to the certificate {}", sha1);
        const model::MachineTexts::Certificate* found = nullptr;
        bool personal = false;
        each(p.side, [&](const model::MachineTexts& t) {
            personal = personal || std::ranges::find(t.stores, "my") != t.stores.end();
            for (const auto& c : t.certificates)
                if (c.sha1 == sha1) found = &c;
        });
        if (found || personal) {
            o.fields.push_back({"found", std::int64_t{found != nullptr}});
            o.text += found ? ", which is in the store" : ", which is not in the listing of the machine's certificates";
        }
        if (found) {
            o.fields.push_back({"key", found->key});
            if (found->key == "missing") o.text += " without a private key that can be found";
            if (found->valid_until) {
                const bool expired = *found->valid_until < attempt_.started;
                o.fields.push_back({"expired", std::int64_t{expired}});
                if (expired) o.text += " and had expired before this attempt";
            }
        }
        if (attempt_.certificate && !attempt_.certificate->sha1.empty())
            o.fields.push_back({"presented", std::int64_t{attempt_.certificate->sha1 == sha1}});
        o.text += ".";
        return o;
    }
    // Versions that the client offered and the other end has switched off.
    void add_offered(const PlacedTexts& p, Observation& o) const {
        if (p.side != Party::server || !model::same_text(o.string("role"), "Server")) return;
        const auto offered = versions();
        const std::string protocol{o.string("protocol")};
        if (offered.empty()) return;
        const bool is = std::ranges::find(offered, protocol) != offered.end();
        const bool only = is && std::ranges::all_of(offered, [&](const auto& v) { return switched_off(v); });
        o.fields.push_back({"offered", std::string{only ? "only" : is ? "also" : "no"}});
        if (only) o.text += " So was every version that the client offered.";
    }
    bool switched_off(std::string_view version) const {
        bool off = false;
        each(Party::server, [&](const model::MachineTexts& t) {
            for (const Observation& o : t.seen)
                off = off || (o.kind == "config.schannel" && o.number("enabled") == 0 &&
                              model::same_text(o.string("role"), "Server") && o.string("protocol") == version);
        });
        return off;
    }
    // A client that names one version means all up to it.
    std::vector<std::string> versions() const {
        constexpr std::array<std::string_view, 3> kOld{"TLS 1.0", "TLS 1.1", "TLS 1.2"};
        for (const model::Track& t : attempt_.tracks)
            for (const Observation& o : t.seen) {
                if (o.kind != "tls.client-hello") continue;
                const model::Value* value = o.field("versions");
                const auto* list = value ? std::get_if<std::vector<std::string>>(value) : nullptr;
                if (!list) continue;
                const auto highest = list->size() == 1 ? std::ranges::find(kOld, list->front()) : kOld.end();
                if (highest == kOld.end()) return *list;
                return {kOld.begin(), highest + 1};
            }
        return {};
    }
    void nobody(const PlacedTexts& p, std::vector<Observation>& out) const {
        const auto listed = [&](std::string_view source) {
            return std::ranges::any_of(
                out, [&](const Observation& o) { return o.kind == "config.listener" && o.string("source") == source; });
        };
        const auto say = [&](const model::Evidence& end, std::vector<Field> fields, std::string text) {
            Observation o;
            o.origin = model::Origin::other_log;
            o.kind = "config.listener";
            o.fields = std::move(fields);
            o.text = std::move(text);
            o.evidence = end;
            out.push_back(mine(p, o));
        };
        if (p.texts->sockets_end && !listed("netstat") && attempt_.server.port != 0)
            say(*p.texts->sockets_end,
                {{"source", std::string{"netstat"}},
                 {"port", std::int64_t{attempt_.server.port}},
                 {"state", std::string{"none"}}},
                fmt::format(
                    "When the texts were collected, nobody listened on TCP port {}: netstat lists no such socket.",
                    attempt_.server.port));
        if (p.texts->sessions_end && !listed("qwinsta"))
            say(*p.texts->sessions_end,
                {{"source", std::string{"qwinsta"}}, {"name", std::string{"rdp-tcp"}}, {"state", std::string{"none"}}},
                "When the texts were collected, qwinsta showed no listener rdp-tcp.");
    }

    const Attempt& attempt_;
    const std::vector<PlacedTexts>& placed_;
};

}  // namespace

std::vector<model::Track> tracks_of(const Attempt& attempt, const std::vector<PlacedTexts>& placed) {
    Facts facts{attempt, placed};
    std::vector<model::Track> out;
    for (const PlacedTexts& p : placed) {
        model::Track track = facts.track(p);
        if (!track.seen.empty()) out.push_back(std::move(track));
    }
    return out;
}

}  // namespace rdpdx::correlate
