// Kerberos messages as a GSS token carries them. Tickets, authenticators and their ciphers are passed over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::credssp {

// [RFC4120] 5.5.1 AP-REQ, with what is in the clear of its ticket (5.3)
struct ApReq {
    std::uint32_t apOptions{};  // 0x40000000 use-session-key (user-to-user), 0x20000000 mutual-required
    std::string realm, sname;   // "TERMSRV/host.example.com"
    std::uint32_t ticketEtype{}, authenticatorEtype{};
};

// [RFC4120] 5.5.2 AP-REP
struct ApRep {
    std::uint32_t etype{};
};

// [RFC4120] 5.9.1 KRB-ERROR
struct KrbError {
    std::string ctime, stime;  // KerberosTime as sent: "20260101120000Z"
    std::optional<std::uint32_t> cusec;
    std::uint32_t susec{}, errorCode{};
    std::string crealm, cname, realm, sname, eText;
    bool eData{};
};

// [draft-swift-win2k-krb-user2user] KERB-TGT-REQUEST (msg-type 16) and KERB-TGT-REPLY (17, whose ticket is passed over)
struct UserToUser {
    std::uint32_t msgType{};
    std::string realm, serverName;
};

bytes::Parsed<ApReq> parse_ap_req(bytes::View message, std::size_t base = 0);
bytes::Parsed<ApRep> parse_ap_rep(bytes::View message, std::size_t base = 0);
bytes::Parsed<KrbError> parse_krb_error(bytes::View message, std::size_t base = 0);
bytes::Parsed<UserToUser> parse_user_to_user(bytes::View message, std::size_t base = 0);

}  // namespace rdpdx::credssp
