#include "src/app/secrets.hpp"

#include <fmt/format.h>

#include "src/app/console.hpp"
#include "src/app/files.hpp"

namespace rdpdx::app {
namespace {

constexpr std::size_t kLargestFile = std::size_t{256} << 20;

std::optional<std::string> text_of(const std::string& path, const char* what) {
    try {
        return read_text(path, kLargestFile);
    } catch (const FileError& error) {
        complain(fmt::format("{} {}: cannot be opened: {}", what, path, error.what()));
        return {};
    }
}

// Never a word of the line itself: half a secret is still one.
void tell_bad_lines(const Options& options, const std::string& path, const tls::KeyLog& log) {
    if (options.quiet) return;
    if (const std::size_t bad = log.malformed(); bad > 0)
        complain(fmt::format("key log {}: {} line{} no secret{}, the first is line {}", path, bad,
                             bad == 1 ? " is" : "s are", bad == 1 ? "" : "s", log.bad_lines().front().line));
    if (log.secrets() == 0)
        complain(
            fmt::format("key log {}: holds no secret that opens a TLS connection (NSS key log format: CLIENT_RANDOM "
                        "or CLIENT_TRAFFIC_SECRET_0, ... in each line)",
                        path));
}

}  // namespace

std::optional<GivenSecrets> load_secrets(const Options& options) {
    GivenSecrets out;
    auto passwords = load_passwords(options);
    if (!passwords) return {};
    out.passwords = std::move(*passwords);
    for (const std::string& path : options.key_logs) {
        const auto text = text_of(path, "key log");
        if (!text) return {};
        tls::KeyLog log;
        log.add(std::as_bytes(std::span{*text}));
        tell_bad_lines(options, path, log);
        out.tls.key_log.merge(std::move(log));
    }
    for (const std::string& path : options.rsa_keys) {
        const auto text = text_of(path, "RSA key");
        if (!text) return {};
        auto key = tls::RsaKey::from(std::as_bytes(std::span{*text}));
        if (!key) {
            complain(
                fmt::format("RSA key {}: is no RSA private key in PEM or DER without a passphrase (openssl pkey -in "
                            "FILE -out PLAIN takes one off)",
                            path));
            return {};
        }
        out.tls.rsa_keys.push_back(std::make_shared<const tls::RsaKey>(std::move(*key)));
    }
    return out;
}

std::optional<std::vector<std::string>> load_passwords(const Options& options) {
    constexpr std::size_t kMost = 10'000;  // each is tried on each member
    std::vector<std::string> out;
    for (const std::string& path : options.archive_passwords) {
        const auto text = text_of(path, "password file");
        if (!text) return {};
        for (std::string_view rest = *text; !rest.empty() && out.size() < kMost;) {
            const auto end = std::min(rest.find('\n'), rest.size());
            std::string_view line = rest.substr(0, end);
            if (line.ends_with('\r')) line.remove_suffix(1);
            if (!line.empty()) out.emplace_back(line);
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    return out;
}

}  // namespace rdpdx::app
