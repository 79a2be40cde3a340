#include "src/correlate/texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "src/correlate/texts_facts.hpp"
#include "src/model/text.hpp"

namespace rdpdx::correlate {
namespace {

using model::Attempt;
using model::MachineTexts;
using model::Party;

constexpr std::size_t kMostAttempts = 200;

struct Machine {
    std::set<std::string> names, addresses;  // names as host keys
    bool empty() const noexcept { return names.empty() && addresses.empty(); }
};

// Users type addresses where names are asked for.
void add_host(Machine& machine, std::string_view host) {
    if (model::is_host_name(host))
        machine.names.insert(model::host_key(host));
    else if (!host.empty())
        machine.addresses.emplace(host);
}

// What an attempt knows of one of its two machines.
Machine side_of(const Attempt& a, Party side) {
    Machine out;
    const bool server = side == Party::server;
    const auto put = [&](const model::Endpoint& e) {
        add_host(out, e.name);
        add_host(out, e.address);
    };
    put(server ? a.server : a.client);
    for (const model::Track& t : a.tracks) put(server ? t.server : t.client);
    if (!server) return out;
    add_host(out, a.tls.sni);
    // The certificate that Remote Desktop makes for itself names nothing but the machine.
    constexpr std::string_view kName = "CN=";
    if (a.certificate && a.certificate->self_signed && a.certificate->subject.starts_with(kName) &&
        a.certificate->subject.find(',') == std::string::npos)
        add_host(out, std::string_view{a.certificate->subject}.substr(kName.size()));
    return out;
}

bool same(const Machine& a, const Machine& b) {
    const auto common = [](const auto& x, const auto& y) {
        return std::ranges::any_of(x, [&](const auto& item) { return y.contains(item); });
    };
    return common(a.names, b.names) || common(a.addresses, b.addresses);
}

// As a word of its own: "rdsh1" in "RDSH1_reg.txt" and in "MSRD-Results-RDSH1-1121".
bool names_it(std::string_view part, std::string_view name) {
    constexpr std::size_t kShortest = 3;
    if (name.size() < kShortest) return false;
    const auto word = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); };
    for (auto at = part.find(name); at != std::string_view::npos; at = part.find(name, at + 1)) {
        const auto end = at + name.size();
        if ((at == 0 || !word(part[at - 1])) && (end == part.size() || !word(part[end]))) return true;
    }
    return false;
}

bool in_part(std::string_view part, const Machine& m) {
    const auto named = [&](const auto& name) { return names_it(part, name); };
    return std::ranges::any_of(m.names, named) || std::ranges::any_of(m.addresses, named);
}

// From the file's own name up to the outermost folder: the first part that names one of the two.
std::optional<Party> by_path(std::string path, const Machine& client, const Machine& server) {
    path = model::lower(path);
    for (std::string_view rest = path; !rest.empty();) {
        const auto slash = rest.rfind('/');
        const std::string_view part = slash == std::string_view::npos ? rest : rest.substr(slash + 1);
        const bool c = in_part(part, client), s = in_part(part, server);
        if (c != s) return s ? Party::server : Party::client;
        if (c || slash == std::string_view::npos) return {};
        rest = rest.substr(0, slash);
    }
    return {};
}

class Placing {
public:
    Placing(std::vector<Attempt>& attempts, const std::vector<MachineTexts>& texts, std::vector<model::Input>& inputs)
        : attempts_{attempts}, texts_{texts}, inputs_{inputs} {
        std::set<std::string> servers;
        for (const Attempt& a : attempts) servers.insert(a.server.address.empty() ? a.server.name : a.server.address);
        one_server_ = servers.size() == 1;
        for (const MachineTexts& t : texts) machines_.push_back(own(t));
        share_addresses();
        for (std::size_t i = 0; i < texts.size(); ++i)
            neighbours_.push_back(machines_[i].empty() ? near(i) : Machine{});
    }
    void run() {
        std::size_t placed = 0;
        std::vector<bool> used(texts_.size());
        for (auto a = attempts_.rbegin(); a != attempts_.rend(); ++a) {
            if (a->outcome == model::Outcome::succeeded || placed == kMostAttempts) continue;
            placed += attempt(*a, used);
        }
        for (std::size_t i = 0; i < texts_.size(); ++i)
            if (!used[i] && !texts_[i].seen.empty() && failed())
                inputs_[texts_[i].input].notes.emplace_back(
                    machines_[i].empty()
                        ? "Not used: it does not tell which machine it is of. Put it into a folder that has the "
                          "machine's name."
                        : "Not used: the machine that it names is not known to be the client or the server of a "
                          "failed attempt, or may be either.");
    }

private:
    static Machine own(const MachineTexts& t) {
        Machine out;
        for (const auto& name : t.names) out.names.insert(model::host_key(name));
        out.addresses.insert(t.addresses.begin(), t.addresses.end());
        return out;
    }
    // What one text names, another gives an address.
    void share_addresses() {
        std::map<std::string, std::set<std::string>> of_name;
        for (const Machine& m : machines_)
            if (m.names.size() == 1) of_name[*m.names.begin()].insert(m.addresses.begin(), m.addresses.end());
        for (Machine& m : machines_)
            for (const auto& name : m.names)
                if (const auto at = of_name.find(name); at != of_name.end())
                    m.addresses.insert(at->second.begin(), at->second.end());
    }
    bool failed() const {
        return std::ranges::any_of(attempts_, [](const Attempt& a) { return a.outcome != model::Outcome::succeeded; });
    }
    // The machine that other texts in the same folder, or else in the next one that has any, speak of.
    Machine near(std::size_t of) const {
        std::string_view folder = inputs_[texts_[of].input].path;
        for (auto slash = folder.rfind('/'); slash != std::string_view::npos; slash = folder.rfind('/')) {
            folder = folder.substr(0, slash);
            Machine out;
            for (std::size_t i = 0; i < texts_.size(); ++i) {
                const std::string_view path = inputs_[texts_[i].input].path;
                if (path.substr(0, path.rfind('/') + 1) != std::string{folder} + "/") continue;
                out.names.insert(machines_[i].names.begin(), machines_[i].names.end());
                out.addresses.insert(machines_[i].addresses.begin(), machines_[i].addresses.end());
            }
            if (out.names.size() > 1) return {};
            if (!out.empty()) return out;
        }
        return {};
    }
    struct Found {
        Party side{};
        std::string_view tie;
    };
    std::optional<Found> find(std::size_t i, const Machine& client, const Machine& server) const {
        const auto match = [&](const Machine& m) -> std::optional<Party> {
            const bool c = same(m, client), s = same(m, server);
            if (c == s) return {};
            return s ? Party::server : Party::client;
        };
        if (!machines_[i].empty()) {
            const auto side = match(machines_[i]);
            return side ? std::optional{Found{*side, "named"}} : std::nullopt;
        }
        if (const auto side = by_path(inputs_[texts_[i].input].path, client, server)) return Found{*side, "named"};
        if (!neighbours_[i].empty()) {
            const auto side = match(neighbours_[i]);
            return side ? std::optional{Found{*side, "folder"}} : std::nullopt;
        }
        if (one_server_) return Found{Party::server, "only-server"};
        return {};
    }
    bool attempt(Attempt& a, std::vector<bool>& used) {
        const Machine client = side_of(a, Party::client), server = side_of(a, Party::server);
        std::vector<PlacedTexts> placed;
        for (std::size_t i = 0; i < texts_.size(); ++i) {
            const auto found = find(i, client, server);
            if (!found) continue;
            used[i] = true;
            placed.push_back({&texts_[i], found->side, found->tie});
        }
        for (model::Track& t : tracks_of(a, placed)) a.tracks.push_back(std::move(t));
        return !placed.empty();
    }

    std::vector<Attempt>& attempts_;
    const std::vector<MachineTexts>& texts_;
    std::vector<model::Input>& inputs_;
    std::vector<Machine> machines_, neighbours_;
    bool one_server_{};
};

}  // namespace

void place_texts(std::vector<Attempt>& attempts, const std::vector<MachineTexts>& texts,
                 std::vector<model::Input>& inputs) {
    if (!texts.empty()) Placing{attempts, texts, inputs}.run();
}

}  // namespace rdpdx::correlate
