// MCS and what its channels carry: connect messages in full, security and share PDUs.
#include "parsers/handshake/recognise.hpp"

namespace rdpdx::handshake {
namespace {

constexpr std::size_t kTransportHeaders = 7;  // TPKT and X.224 data
constexpr std::size_t kShareControlHeader = 6, kLeastShareControlHeader = 4;
constexpr unsigned kMostSharePdus = 64;  // in one Send Data

// [MS-RDPBCGR] 2.2.8.1.1.1.1: the version, above the type, is 1.
bool begins_with_share(bytes::View data) {
    bytes::Cursor in{data};
    const std::size_t length = in.u16le("totalLength");
    const std::uint16_t type = in.u16le("pduType");
    return !in.error() && type >> 4 == 1 && length >= kLeastShareControlHeader && length <= data.size();
}

enum PduType : std::uint8_t { kDemandActive = 1, kConfirmActive = 3, kDeactivateAll = 6, kData = 7, kRedirection = 10 };
enum PduType2 : std::uint8_t {
    kControl = 20,
    kSynchronize = 31,
    kSaveSessionInfo = 38,
    kFontList = 39,
    kFontMap = 40,
    kSetErrorInfo = 47,
};

}  // namespace

void Reader::domain_pdu(const Place& at, bytes::View tpdu) {
    const std::uint64_t base = at.offset + kTransportHeaders;
    const auto pdu = mcs::parse_domain_pdu(tpdu, base);
    // In a session this may be the middle of a picture that looks like a TPKT.
    if (!pdu && at.inside && session_) return;
    mcs_seen_ = true;
    emit_parsed(at, pdu, "an MCS PDU");
    if (!pdu) return;
    switch (pdu->kind) {
        case mcs::Kind::connect_initial:
            return emit_parsed(at, mcs::parse_connect_initial(tpdu, base), "an MCS Connect-Initial");
        case mcs::Kind::connect_response: {
            const auto response = mcs::parse_connect_response(tpdu, base);
            if (response) {
                const mcs::UserData& user = response->userData;
                if (user.serverNetwork) io_channel_ = user.serverNetwork->mcsChannelId;
                if (user.serverMessageChannel) message_channel_ = user.serverMessageChannel->mcsChannelId;
                encrypts_ = user.serverSecurity && user.serverSecurity->encryptionMethod != 0;
            }
            return emit_parsed(at, response, "an MCS Connect-Response");
        }
        case mcs::Kind::send_data_request:
        case mcs::Kind::send_data_indication:
            return channel_data(at, *pdu);
        default:
            return;
    }
}

// What virtual channels carry is not ours.
void Reader::channel_data(const Place& at, const mcs::DomainPdu& pdu) {
    const auto channel = pdu.channel_id.value_or(0);
    if (channel != io_channel_ && (channel != message_channel_ || message_channel_ == 0)) return;
    bytes::View rest = pdu.user_data;
    if (!begins_with_share(rest)) return security_pdu(at, rest);
    for (unsigned n = 0; n < kMostSharePdus && begins_with_share(rest); ++n) rest = rest.subspan(share_pdu(at, rest));
}

void Reader::security_pdu(const Place& at, bytes::View data) {
    bytes::Cursor in{data, at.offset};
    const auto header = rdp::parse_security_header(in);
    if (!header) return;
    const std::uint16_t flags = header->flags;
    SecurityPdu pdu{*header, {}};
    const auto take = [&](const auto& parsed, std::string what) {
        if (!parsed) return emit(at, Unparsed{std::move(what), parsed.error()});
        pdu.body = *parsed;
        emit(at, pdu);
    };
    const bytes::View body = in.rest();
    if (flags & rdp::kSecEncrypt) return emit(at, pdu);
    if (flags & rdp::kSecInfoPkt && at.from == Side::client)
        return take(rdp::parse_info_packet(body, at.offset), "a Client Info PDU");
    if (flags & rdp::kSecLicensePkt) return take(rdp::parse_license_pdu(body, at.offset), "a licensing PDU");
    if (flags & rdp::kSecRedirectionPkt)
        return take(rdp::parse_server_redirection(data, at.offset), "a server redirection PDU");
    if (flags & (rdp::kSecAutodetectReq | rdp::kSecAutodetectRsp))
        return take(rdp::parse_auto_detect(body, at.offset), "an auto-detect PDU");
    if (flags & rdp::kSecHeartbeat) return take(rdp::parse_heartbeat(body, at.offset), "a heartbeat PDU");
    if (flags & rdp::kSecTransportReq)
        return take(rdp::parse_initiate_multitransport_request(body, at.offset), "an Initiate Multitransport Request");
    if (flags & rdp::kSecTransportRsp)
        return take(rdp::parse_multitransport_response(body, at.offset), "a Multitransport Response");
    // The rest of standard RDP security with a method but without the flag is unreadable all the same.
    if (flags & rdp::kSecExchangePkt || encrypts_) emit(at, pdu);
}

// How much of `data` it was.
std::size_t Reader::share_pdu(const Place& at, bytes::View data) {
    bytes::Cursor in{data, at.offset};
    const auto control = rdp::parse_share_control_header(in);
    if (!control) {
        emit(at, Unparsed{"a share control header", control.error()});
        return data.size();
    }
    SharePdu pdu{*control, {}, {}};
    const std::size_t head = std::min<std::size_t>(control->totalLength, kShareControlHeader);
    const bytes::View body = data.subspan(head, control->totalLength - head);
    switch (control->type()) {
        case kDemandActive:
            emit_share(at, pdu, rdp::parse_demand_active(body, at.offset), "a Demand Active PDU");
            break;
        case kConfirmActive:
            emit_share(at, pdu, rdp::parse_confirm_active(body, at.offset), "a Confirm Active PDU");
            break;
        case kDeactivateAll:
            emit_share(at, pdu, rdp::parse_deactivate_all(body, at.offset), "a Deactivate All PDU");
            break;
        case kRedirection: {  // [MS-RDPBCGR] 2.2.13.3.1: two octets of padding in front
            const bytes::View packet = body.subspan(std::min<std::size_t>(2, body.size()));
            emit_share(at, pdu, rdp::parse_server_redirection(packet, at.offset), "a server redirection PDU");
            break;
        }
        case kData:
            share_data(at, pdu, body);
            break;
        default:
            emit(at, pdu);
            break;
    }
    return control->totalLength;
}

template <class Parsed>
void Reader::emit_share(const Place& at, SharePdu pdu, const Parsed& parsed, std::string what) {
    if (!parsed) return emit(at, Unparsed{std::move(what), parsed.error()});
    pdu.body = *parsed;
    emit(at, std::move(pdu));
}

void Reader::share_data(const Place& at, SharePdu pdu, bytes::View body) {
    bytes::Cursor in{body, at.offset};
    const auto header = rdp::parse_share_data_header(in);
    if (!header) return emit(at, Unparsed{"a share data header", header.error()});
    pdu.data = *header;
    const bytes::View text = in.rest();
    if (header->pduType2 == kFontMap) session_ = true;
    if (header->compressed()) return emit(at, std::move(pdu));
    switch (header->pduType2) {
        case kSynchronize:
            return emit_share(at, pdu, rdp::parse_synchronize(text, at.offset), "a Synchronize PDU");
        case kControl:
            return emit_share(at, pdu, rdp::parse_control(text, at.offset), "a Control PDU");
        case kFontList:
        case kFontMap:
            return emit_share(at, pdu, rdp::parse_font_pdu(text, at.offset), "a Font PDU");
        case kSetErrorInfo:
            return emit_share(at, pdu, rdp::parse_set_error_info(text, at.offset), "a Set Error Info PDU");
        case kSaveSessionInfo:
            return emit_share(at, pdu, rdp::parse_save_session_info(text, at.offset), "a Save Session Info PDU");
        default:
            return emit(at, std::move(pdu));
    }
}

}  // namespace rdpdx::handshake
