#include "src/observe/texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "src/model/text.hpp"
#include "src/observe/texts_wanted.hpp"

namespace rdpdx::observe {
namespace {

// A listing of a large store or of all key files: what is behind says nothing new.
constexpr std::size_t kMostSeen = 2000;
constexpr std::size_t kMostNames = 64;
constexpr std::size_t kLongest = 300;

std::string meaning_of(std::string_view name, std::int64_t number) {
    for (const Meaning& m : kMeanings)
        if (m.number == number && model::same_text(m.name, name)) return fmt::format(" ({})", m.text);
    return {};
}

std::string_view id(config::StoreCertificate::Key key) {
    switch (key) {
        case config::StoreCertificate::Key::named:
            return "named";
        case config::StoreCertificate::Key::missing:
            return "missing";
        case config::StoreCertificate::Key::works:
            return "works";
        case config::StoreCertificate::Key::unknown:
            break;
    }
    return "unknown";
}

// Rights of several entries for one account stand together.
void join(std::string& list, std::string_view rights) {
    if (list.size() < kLongest) list += (list.empty() ? "" : ", ") + std::string{rights};
}

std::string or_none(const std::string& rights) { return rights.empty() ? "none" : rights; }

}  // namespace

model::Evidence TextObserver::evidence(const config::Place& at) const noexcept {
    return {out_.input, model::Evidence::Kind::line, at.line, at.offset};
}

void TextObserver::say(const config::Place& at, std::string_view kind, std::vector<model::Field> fields,
                       std::string text) {
    if (out_.seen.size() >= kMostSeen) return;
    model::Observation o;
    o.origin = model::Origin::other_log;
    o.kind = kind;
    o.fields = std::move(fields);
    o.text = std::move(text);
    o.evidence = evidence(at);
    out_.seen.push_back(std::move(o));
}

void TextObserver::add(const config::Item& item) {
    std::visit([this](const auto& of_a_kind) { add(of_a_kind); }, item);
}

bool TextObserver::name_of_machine(const config::RegistryValue& value, std::string_view key) {
    const bool name = key.ends_with("\\control\\computername\\activecomputername") ||
                      key.ends_with("\\control\\computername\\computername");
    const bool host = key.ends_with("\\services\\tcpip\\parameters");
    if (!(name && model::same_text(value.name, "ComputerName")) && !(host && model::same_text(value.name, "Hostname")))
        return false;
    add(config::MachineName{value.at, value.text});
    return true;
}

void TextObserver::schannel(const config::RegistryValue& value, std::string_view key) {
    constexpr std::string_view kProtocols = "\\schannel\\protocols\\";
    const auto at = key.find(kProtocols);
    if (at == std::string_view::npos || !model::same_text(value.name, "Enabled") || !value.number) return;
    // With the key's own case.
    const std::string_view rest = std::string_view{value.key}.substr(at + kProtocols.size());
    const auto slash = rest.find('\\');
    if (slash == std::string_view::npos) return;
    const std::string protocol{rest.substr(0, slash)}, role{rest.substr(slash + 1)};
    const std::int64_t enabled = *value.number != 0;
    say(value.at, "config.schannel", {{"protocol", protocol}, {"role", role}, {"enabled", enabled}},
        fmt::format("When the texts were collected, Schannel's {} role had {} {} by the registry.", role, protocol,
                    enabled ? "switched on" : "switched off"));
}

void TextObserver::add(const config::RegistryValue& value) {
    const std::string key = model::lower(value.key);
    if (!key.starts_with("hkey_local_machine\\")) return;
    // Of a running machine the other control sets are those of former starts; a hive that was loaded has no current
    // one.
    if (key.starts_with("hkey_local_machine\\system\\controlset0")) return;
    if (name_of_machine(value, key)) return;
    schannel(value, key);
    const auto row = std::ranges::find_if(
        kWanted, [&](const Wanted& w) { return key.ends_with(w.key) && model::same_text(w.name, value.name); });
    if (row == kWanted.end() || (!value.number && value.text.empty())) return;
    model::Value data = value.text.substr(0, kLongest);
    std::string shown = value.text.substr(0, kLongest);
    if (value.number) {
        data = *value.number;
        shown = fmt::format("{}{}", *value.number, meaning_of(row->name, *value.number));
    }
    say(value.at, "config.registry",
        {{"key", std::string{row->id}},
         {"policy", std::int64_t{row->policy}},
         {"name", std::string{row->name}},
         {"value", std::move(data)}},
        fmt::format("When the texts were collected, {}{} was {} in the registry.", row->name,
                    row->policy && row->id == "policy" ? " of the policy" : "", shown));
}

void TextObserver::add(const config::StoreCertificate& c) {
    const std::string key{id(c.key)};
    std::string text =
        fmt::format("When the texts were collected, the store {} held the certificate {} ({}), valid until {}", c.store,
                    c.sha1, c.subject, c.not_after);
    if (c.key == config::StoreCertificate::Key::missing) text += "; its private key was not found";
    if (out_.seen.size() < kMostSeen) {
        model::MachineTexts::Certificate listed{out_.seen.size(), c.sha1, key, {}};
        if (const auto until = config::read_date(c.not_after))
            listed.valid_until =
                model::Time{std::chrono::seconds{std::min(until->latest, std::int64_t{6'900'000'000})}};
        out_.certificates.push_back(std::move(listed));
    }
    say(c.at, "config.certificate",
        {{"store", c.store},
         {"subject", c.subject},
         {"issuer", c.issuer},
         {"serial", c.serial},
         {"sha1", c.sha1},
         {"not_before", c.not_before},
         {"not_after", c.not_after},
         {"key", key}},
        text + ".");
}

void TextObserver::add(const config::StoreEnd& end) {
    if (out_.stores.size() < kMostNames) out_.stores.push_back(model::lower(end.store));
}

void TextObserver::add(const config::AccessEntry& entry) {
    if (!rights_ || rights_->path != entry.path) {
        if (rights_) put(std::move(*rights_));
        rights_.emplace();
        rights_->at = entry.at;
        rights_->path = entry.path;
    }
    const std::string account = model::lower(entry.account);
    rights_->english = rights_->english || account.starts_with("nt authority\\") || account.starts_with("builtin\\");
    const std::string rights = entry.deny ? "deny " + entry.rights : entry.rights;
    if (account.ends_with("\\network service")) join(rights_->network_service, rights);
    if (std::ranges::find(kItsGroups, account) != kItsGroups.end())
        join(rights_->network_service, fmt::format("{} by {}", rights, entry.account));
    if (account.ends_with("nt authority\\system")) join(rights_->system, rights);
    if (account.ends_with("builtin\\administrators")) join(rights_->administrators, rights);
}

void TextObserver::put(KeyRights&& r) {
    const std::string path = model::lower(r.path);
    const auto folder = path.find("\\crypto\\rsa\\machinekeys");
    const bool keys = folder != std::string::npos || path.find("\\crypto\\keys") != std::string::npos;
    // Where accounts have names in another language, who is missing is not known.
    if (!keys || !r.english) return;
    const bool rdp_key = path.find(kRdpKey) != std::string::npos;
    const bool whole_folder = path.ends_with("machinekeys") || path.ends_with("keys");
    if (!rdp_key && !whole_folder) return;
    say(r.at, "config.key-acl",
        {{"path", r.path.substr(0, kLongest)},
         {"rdp_key", std::int64_t{rdp_key}},
         {"network_service", or_none(r.network_service)},
         {"system", or_none(r.system)},
         {"administrators", or_none(r.administrators)}},
        fmt::format(
            "When the texts were collected, the rights on {} were: NETWORK SERVICE {}, SYSTEM {}, Administrators {}.",
            rdp_key ? "the key file of Remote Desktop's certificate" : "the folder of the machine's keys",
            or_none(r.network_service), or_none(r.system), or_none(r.administrators)));
}

void TextObserver::add(const config::Socket& s) {
    if (s.protocol == "UDP") udp_ = true;
    if (s.protocol == "TCP") last_tcp_ = s.at;
    if (!s.listening) return;
    if (s.port == 0) {
        named_port_ = true;
        return;
    }
    std::vector<model::Field> fields{{"source", std::string{"netstat"}},
                                     {"port", std::int64_t{s.port}},
                                     {"address", s.address},
                                     {"state", std::string{"listening"}}};
    if (!s.process.empty()) fields.push_back({"process", s.process});
    say(s.at, "config.listener", std::move(fields),
        fmt::format("When the texts were collected, {} listened on TCP port {}.",
                    s.process.empty() ? "a process" : "process " + s.process, s.port));
}

void TextObserver::add(const config::Listener& l) {
    say(l.at, "config.listener",
        {{"source", std::string{"qwinsta"}}, {"name", l.name}, {"state", model::lower(l.state)}},
        fmt::format("When the texts were collected, the listener {} was in state {}.", l.name, l.state));
}

void TextObserver::add(const config::SessionsEnd& end) { out_.sessions_end = evidence(end.at); }

void TextObserver::add(const config::Service& s) {
    const auto known = std::ranges::find_if(kServices, [&](auto name) { return model::same_text(name, s.name); });
    if (known == kServices.end()) return;
    say(s.at, "config.service", {{"name", std::string{*known}}, {"state", s.state}},
        fmt::format("When the texts were collected, the service {} was {}.", *known, s.state));
}

void TextObserver::add(const config::MachineName& name) {
    if (!name.name.empty() && out_.names.size() < kMostNames) out_.names.push_back(name.name);
}

void TextObserver::add(const config::MachineAddress& address) {
    const bool own = !address.address.starts_with("127.") && address.address != "::1";
    if (own && out_.addresses.size() < kMostNames) out_.addresses.push_back(address.address);
}

model::MachineTexts TextObserver::take() {
    if (rights_) put(std::move(*rights_));
    rights_.reset();
    // Sockets of UDP come last, so that all of TCP were listed before them.
    if (udp_ && last_tcp_ && !named_port_) out_.sockets_end = evidence(*last_tcp_);
    if (out_.seen.size() >= kMostSeen) {  // some may have been left out
        out_.stores.clear();
        out_.sockets_end.reset();
        out_.sessions_end.reset();
    }
    return std::move(out_);
}

}  // namespace rdpdx::observe
