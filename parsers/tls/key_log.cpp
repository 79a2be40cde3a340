#include "parsers/tls/key_log.hpp"

#include <algorithm>

namespace rdpdx::tls {
namespace {

struct LabelName {
    std::string_view name;
    SecretLabel label;
};
// The SSLKEYLOGFILE format for TLS, 2.1 and 2.2.
constexpr std::array kLabels{
    LabelName{"CLIENT_RANDOM", SecretLabel::master_secret},
    LabelName{"CLIENT_EARLY_TRAFFIC_SECRET", SecretLabel::client_early_traffic},
    LabelName{"CLIENT_HANDSHAKE_TRAFFIC_SECRET", SecretLabel::client_handshake_traffic},
    LabelName{"SERVER_HANDSHAKE_TRAFFIC_SECRET", SecretLabel::server_handshake_traffic},
    LabelName{"CLIENT_TRAFFIC_SECRET_0", SecretLabel::client_traffic_0},
    LabelName{"SERVER_TRAFFIC_SECRET_0", SecretLabel::server_traffic_0},
};

constexpr std::size_t kMasterSecretSize = 48;

constexpr int digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// False where `text` is not exactly two digits for each byte of `out`.
template <class Byte>
bool from_hex(std::string_view text, std::span<Byte> out) noexcept {
    if (text.size() != out.size() * 2) return false;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        out[i] = static_cast<Byte>(high * 16 + low);
    }
    return true;
}

constexpr bool is_label(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

// The word before the next space or tab; `text` becomes what follows the space.
std::string_view next_word(std::string_view& text) noexcept {
    const auto end = std::min(text.find_first_of(" \t"), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(end);
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    return word;
}

bool fits(SecretLabel label, std::size_t size) noexcept {
    if (label == SecretLabel::master_secret) return size == kMasterSecretSize;
    return size == 32 || size == 48;  // the output of SHA-256 or SHA-384
}

}  // namespace

bool is_key_log(bytes::View head) noexcept {
    constexpr std::size_t kMostLines = 100;  // of comments
    std::string_view text = bytes::text_of(head);
    for (std::size_t line = 0; line < kMostLines && !text.empty(); ++line) {
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view words = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (words.empty() || words == "\r" || words.front() == '#') continue;
        const auto label = next_word(words);
        return std::ranges::find(kLabels, label, &LabelName::name) != kLabels.end() || label == "EXPORTER_SECRET";
    }
    return false;
}

void KeyLog::refuse(std::size_t number, std::string_view what) {
    ++malformed_;
    if (bad_lines_.size() < kMostBadLines) bad_lines_.push_back({number, what});
}

void KeyLog::add_line(bytes::View bytes, std::size_t number) {
    std::string_view line = bytes::text_of(bytes);
    // A byte order mark, as Windows editors write one.
    if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') return;

    const auto name = next_word(line);
    const auto random_text = next_word(line);
    if (!is_label(name)) return refuse(number, "label");
    const auto row = std::ranges::find(kLabels, name, &LabelName::name);
    if (row == kLabels.end()) {
        ++ignored_;
        return;
    }
    Random random{};
    if (!from_hex<std::uint8_t>(random_text, random)) return refuse(number, "client_random");
    Secret secret{line.size() <= 2 * kMasterSecretSize ? line.size() / 2 : 0};
    if (!fits(row->label, secret.size()) || !from_hex<std::byte>(line, secret.writable()))
        return refuse(number, "secret");
    secrets_.insert_or_assign({random, row->label}, std::move(secret));
}

void KeyLog::add(bytes::View text) {
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::ranges::find(text, std::byte{'\n'});
        const auto size = static_cast<std::size_t>(end - text.begin());
        add_line(text.first(size), number);
        text = text.subspan(std::min(size + 1, text.size()));
    }
}

void KeyLog::merge(KeyLog&& other) {
    for (auto& [key, secret] : other.secrets_) secrets_.insert_or_assign(key, std::move(secret));
    ignored_ += other.ignored_;
}

const Secret* KeyLog::find(const Random& client_random, SecretLabel label) const {
    const auto found = secrets_.find({client_random, label});
    return found == secrets_.end() ? nullptr : &found->second;
}

bool KeyLog::knows(const Random& client_random) const {
    const auto found = secrets_.lower_bound({client_random, SecretLabel::master_secret});
    return found != secrets_.end() && found->first.first == client_random;
}

}  // namespace rdpdx::tls
