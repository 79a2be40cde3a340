// One thing that was seen, and what it means for a connection. Rules speak of observations and stages only.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "src/model/said.hpp"
#include "src/model/shared.hpp"
#include "src/model/time.hpp"
#include "src/model/words.hpp"

namespace rdpdx::model {

// Where to look it up again: the input's index, and the frame number, event record or line.
struct Evidence {
    enum class Kind : std::uint8_t { packet, event, line };
    std::uint32_t input{};
    Kind kind{};
    std::uint64_t number{};  // frame number; EventRecordID, or the event's place in its file where it has none
    std::uint64_t offset{};  // bytes from the start of the file
    friend auto operator<=>(const Evidence&, const Evidence&) = default;
};
// "packet", "event", "line": the contract's words.
std::string_view id(Evidence::Kind kind) noexcept;
// What its number counts: "frame", "record", "line".
std::string_view unit(Evidence::Kind kind) noexcept;

using Value = std::variant<std::int64_t, std::string, std::vector<std::string>>;

struct Field {
    std::string name;
    Value value;
    friend bool operator==(const Field&, const Field&) = default;
};

// Every kind of observation with the fields that a rule may ask for. A rule that names another is wrong. The kind
// `event` has open fields as well: whatever the event carries, under "data.<name>".
struct ObservationKind {
    std::string_view kind;
    std::string_view fields;  // separated by blanks
};
inline constexpr std::array kObservationKinds{
    ObservationKind{"arp.conflict", "of address how macs changes"},
    ObservationKind{"arp.unanswered", "address count"},
    ObservationKind{"attempt.ended",
                    "by how after waited_ms answered bytes_client bytes_server encrypted_client encrypted_server "
                    "lost_client lost_server"},
    ObservationKind{"attempt.other-way", "this other other_worked other_stage apart_ms"},
    ObservationKind{"config.binding", "of tie policy sha1 found key expired presented"},
    ObservationKind{"config.certificate", "of tie store subject issuer serial sha1 not_before not_after expired key"},
    ObservationKind{"config.key-acl", "of tie path rdp_key network_service system administrators"},
    ObservationKind{"config.listener", "of tie source name port address state process"},
    ObservationKind{"config.registry", "of tie key policy name value effective agrees"},
    ObservationKind{"config.schannel", "of tie protocol role enabled offered"},
    ObservationKind{"config.service", "of tie name state"},
    ObservationKind{"credssp.early-authorization", "result name"},
    ObservationKind{"credssp.pdu",
                    "from version content mechanism message user domain workstation target server ntlm_version mic "
                    "kerberos_error error error_name"},
    ObservationKind{"dns.answer", "name protocol server addresses matches others other_works certificate_fits"},
    ObservationKind{"dns.failure", "name protocol server reason code tries"},
    ObservationKind{"event", "provider id channel side name tie code target address port user session"},
    ObservationKind{"gcc.client", "channels name build version early_capabilities encryption_methods"},
    ObservationKind{"gcc.server", "version early_capabilities encryption_method encryption_level channels"},
    ObservationKind{"gateway.channel", "from target port code name udp_port"},
    ObservationKind{"gateway.http",
                    "from method host transport status reason mechanism message user domain workstation target server "
                    "ntlm_version mic kerberos_error auth"},
    ObservationKind{"gateway.tunnel", "from message code name version extended_auth client user domain text"},
    ObservationKind{"icmp.error", "type code mtu router"},
    ObservationKind{"kdc-proxy", "from host status message realm kerberos_error name target"},
    ObservationKind{"kdc.pdu", "message realm cname sname code name server account"},
    ObservationKind{"mcs.pdu", "from name result reason"},
    ObservationKind{"ntp.offset", "of server offset_ms"},
    ObservationKind{"path.forged", "from what"},
    ObservationKind{"path.lost",
                    "from what packets compared bytes never_arrived smallest_lost largest_lost largest_passed "
                    "passed_after only_large percent"},
    ObservationKind{"path.size-limit", "from tries smallest_lost largest_passed"},
    ObservationKind{"proxy.connect", "protocol proxy target code result name"},
    ObservationKind{"rdp.auto-detect", "from name base_rtt_ms average_rtt_ms bandwidth_kbps"},
    ObservationKind{"rdp.client-info", "user domain password client_address time_zone_bias"},
    ObservationKind{"rdp.error-info", "code name"},
    ObservationKind{"rdp.heartbeat", "period_s"},
    ObservationKind{"rdp.license", "from message code name transition company product"},
    ObservationKind{"rdp.multitransport-request", "request protocol cookie_hash"},
    ObservationKind{"rdp.multitransport-response", "request code name"},
    ObservationKind{"rdp.redirection", "target addresses session flags user domain"},
    ObservationKind{"rdp.session-info", "type user domain session notification data"},
    ObservationKind{"rdp.share", "from type action"},
    ObservationKind{"rdsaad.pdu", "from type result"},
    ObservationKind{"rdstls.pdu", "from type result name user domain"},
    ObservationKind{"stream.foreign", "from protocol"},
    ObservationKind{"stream.gap", "from bytes"},
    ObservationKind{"stream.unparsed", "from what"},
    ObservationKind{"tcp.connected", "rtt_ms mss_client mss_server hop_limit"},
    ObservationKind{"tcp.fin", "from"},
    ObservationKind{"tcp.refused", "hop_limit"},
    ObservationKind{"tcp.reset", "from hop_limit expected_hop_limit hop_limit_differs mac_differs went_on"},
    ObservationKind{"tcp.retransmissions", "from segments unacknowledged recovered percent"},
    ObservationKind{"tcp.syn", "count mss"},
    ObservationKind{"tls.alert", "from level description name encrypted"},
    ObservationKind{"tls.application-data", "from records bytes"},
    ObservationKind{"tls.certificate",
                    "subject issuer not_before not_after sha1 self_signed expired not_yet_valid names key bits"},
    ObservationKind{"tls.client-hello", "version versions sni ciphers"},
    ObservationKind{"tls.decryption", "from state"},
    ObservationKind{"tls.encrypted-alert", "from inferred"},
    ObservationKind{"tls.finished", "from"},
    ObservationKind{"tls.inferred", "rule stage alternatives"},
    ObservationKind{"tls.server-hello", "version cipher resumed"},
    ObservationKind{"udp.ended",
                    "outcome one_way tcp_end_ms silence_client_ms silence_server_ms timer repeated tcp_only_worked "
                    "tcp_only_failed"},
    ObservationKind{"udp.handshake", "result version client_mtu server_mtu rtt_ms syns syn_acks"},
    ObservationKind{"udp.loss", "from packets retransmissions reports missing reductions since_acknowledged"},
    ObservationKind{"udp.security", "from message version cipher sni subject description name"},
    ObservationKind{"udp.syn", "count version mode mtu"},
    ObservationKind{"udp.tunnel", "from message request code name"},
    ObservationKind{"udp.unreachable", "type code mtu router"},
    ObservationKind{"x224.connection-confirm", "selected flags"},
    ObservationKind{"x224.connection-request", "cookie token requested flags"},
    ObservationKind{"x224.negotiation-failure", "code name"},
    ObservationKind{"x224.other", "from code reason"},
    ObservationKind{"x224.preconnection", "id blob"},
};

constexpr const ObservationKind* find_kind(std::string_view kind) noexcept {
    for (const ObservationKind& k : kObservationKinds)
        if (k.kind == kind) return &k;
    return nullptr;
}

// Of one observation, in the kind's order. Copies share them until one is edited.
class Fields {
public:
    Fields() noexcept = default;
    Fields(std::initializer_list<Field> list) : list_{std::vector<Field>{list}} {}
    Fields(std::vector<Field> list) : list_{list.empty() ? List{} : List{std::move(list)}} {}

    auto begin() const noexcept { return list_.get().begin(); }
    auto end() const noexcept { return list_.get().end(); }
    std::size_t size() const noexcept { return list_.get().size(); }
    bool empty() const noexcept { return list_.get().empty(); }
    const Field& operator[](std::size_t i) const noexcept { return list_.get()[i]; }
    const Field& back() const noexcept { return list_.get().back(); }
    void push_back(Field field) { edit().push_back(std::move(field)); }
    std::vector<Field>& edit() { return list_.edit(); }
    friend bool operator==(const Fields& a, const Fields& b) noexcept {
        return a.list_.shares(b.list_) || a.list_.get() == b.list_.get();
    }

private:
    using List = Shared<std::vector<Field>>;
    List list_;
};

// A row of kObservationKinds, or none.
class KindName {
public:
    constexpr KindName() noexcept = default;
    template <class Name>
    requires std::convertible_to<const Name&, std::string_view> &&(!std::same_as<Name, KindName>)constexpr KindName&
    operator=(const Name& name) noexcept {
        row_ = row_of(name);
        return *this;
    }

    constexpr std::string_view name() const noexcept {
        return row_ < kObservationKinds.size() ? kObservationKinds[row_].kind : std::string_view{};
    }
    constexpr operator std::string_view() const noexcept { return name(); }
    constexpr bool empty() const noexcept { return name().empty(); }
    constexpr bool starts_with(std::string_view prefix) const noexcept { return name().starts_with(prefix); }
    friend constexpr bool operator==(KindName, KindName) noexcept = default;
    template <class Name>
    requires std::convertible_to<const Name&, std::string_view> &&(!std::same_as<Name, KindName>)friend constexpr bool
    operator==(KindName a, const Name& b) noexcept {
        return a.name() == std::string_view{b};
    }

private:
    static constexpr std::uint8_t kNone = 0xFF;
    static constexpr std::uint8_t row_of(std::string_view name) noexcept {
        const ObservationKind* row = find_kind(name);
        return row ? static_cast<std::uint8_t>(row - kObservationKinds.data()) : kNone;
    }
    std::uint8_t row_{kNone};
};
static_assert(kObservationKinds.size() < 0xFF);

struct Observation {
    Time time{};
    Evidence evidence;
    Said text;      // a sentence for people; strings in it come from evidence and are not escaped
    Fields fields;  // those that the kind has, in the kind's order; absent ones left out
    Precision precision{Precision::nano};
    Origin origin{};
    KindName kind;
    std::optional<Stage> stage;
    Effect effect{Effect::noted};
    Basis basis{Basis::observed};
    Party actor{Party::unknown};  // whose act it was

    const Value* field(std::string_view name) const noexcept {
        for (const Field& f : fields)
            if (f.name == name) return &f.value;
        return nullptr;
    }
    std::optional<std::int64_t> number(std::string_view name) const noexcept {
        const Value* value = field(name);
        const auto* n = value ? std::get_if<std::int64_t>(value) : nullptr;
        return n ? std::optional{*n} : std::nullopt;
    }
    std::string_view string(std::string_view name) const noexcept {
        const Value* value = field(name);
        const auto* s = value ? std::get_if<std::string>(value) : nullptr;
        return s ? std::string_view{*s} : std::string_view{};
    }
};

}  // namespace rdpdx::model
