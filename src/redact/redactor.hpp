// Addresses and names in evidence -> pseudonyms. First everything that a field says is a name is learned, then texts
// are rewritten: typed ones as what they are, free text wherever a learned name or something that looks like one
// stands.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "src/redact/names.hpp"
#include "src/redact/pseudonyms.hpp"

namespace rdpdx::redact {

// What a text is.
enum class What : unsigned char {
    text,      // sentences, commands, anything
    host,      // a machine: name, address, with a port or a service before it; or several
    user,      // an account, with or without a domain
    cookie,    // the same, cut after nine bytes
    domain,    // of DNS or of Windows
    subject,   // a distinguished name, as certificates have it
    alt_name,  // "DNS:rdsh1.lab.example", "IP:192.0.2.1"
    digits,    // fingerprints and ids in hex
    token,     // a load balancer's
    path,      // of a file, with forward slashes
};

class Redactor {
public:
    Redactor() : pseudonyms_{Key{}} {}
    explicit Redactor(const Key& key) : pseudonyms_{key} {}
    // For a key that is known only when all has been learned; before the first call of redacted().
    void use(const Key& key) { pseudonyms_ = Pseudonyms{key}; }

    // All of it before the first call of redacted().
    void learn(What what, std::string_view text);
    std::string redacted(What what, std::string_view text);

    const Pseudonyms::Map& map() const noexcept { return pseudonyms_.map(); }

private:
    friend class TextPass;
    void learn_host(std::string_view name);
    void learn_domain(std::string_view name);
    void learn_user(std::string_view name);
    void learn_cookie(std::string_view name);
    std::string whole_name(const std::string& folded_name) const;
    std::string host(std::string_view text);
    std::string user(std::string_view text);
    std::string subject(std::string_view text);
    std::string path(std::string_view text);
    std::string text(std::string_view text);
    // A name of labels with dots: "host-1f2e3d4c.domain-5a6b7c8d.example". `first` is what its first label names.
    std::string labels(std::string_view name, Kind first);
    std::string named(std::string_view name, Kind kind);

    Names names_;
    std::set<std::string> users_, cut_;  // long names of users, and those that may be the beginning of one
    Pseudonyms pseudonyms_;
};

}  // namespace rdpdx::redact
