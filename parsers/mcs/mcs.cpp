#include "parsers/mcs/mcs.hpp"

namespace rdpdx::mcs {
namespace {

using bytes::Cursor;

// [X.690] 8.1.3, definite form, at most four octets of length.
std::uint32_t ber_length(Cursor& in) {
    const auto at = in.position();
    const std::uint8_t first = in.u8("length");
    if (first < 0x80) return first;
    const unsigned octets = first & 0x7FU;
    if (octets == 0 || octets > 4) {
        in.fail({bytes::Problem::unsupported, "length", at, 0, 0});
        return 0;
    }
    std::uint32_t length = 0;
    for (unsigned i = 0; i < octets; ++i) length = length << 8 | in.u8("length");
    return length;
}

// [T.125] ConnectMCSPDU: APPLICATION 101 Connect-Initial, 102 Connect-Response (result is its first element).
DomainPdu connect_pdu(Cursor& in) {
    DomainPdu pdu;
    pdu.choice = in.u8("tag");
    const std::uint8_t tag = in.u8("tag");
    if (tag == 0x65) pdu.kind = Kind::connect_initial;
    if (tag != 0x66) return pdu;
    pdu.kind = Kind::connect_response;
    ber_length(in);
    in.u8("result tag");
    ber_length(in);
    pdu.result = in.u8("result");
    return pdu;
}

// [T.125] SendDataRequest and SendDataIndication: initiator, channelId, priority and segmentation, PER length, data.
void send_data(Cursor& in, DomainPdu& pdu) {
    in.u16be("initiator");
    pdu.channel_id = in.u16be("channelId");
    in.u8("dataPriority");
    std::uint16_t length = in.u8("userData length");
    if (length & 0x80U) length = static_cast<std::uint16_t>((length & 0x7FU) << 8 | in.u8("userData length"));
    if (!in.error()) pdu.user_data = in.rest();
    if (pdu.user_data.size() > length) pdu.user_data = pdu.user_data.first(length);
}

}  // namespace

std::string_view name(Kind kind) noexcept {
    switch (kind) {
        case Kind::connect_initial:
            return "ConnectInitial";
        case Kind::connect_response:
            return "ConnectResponse";
        case Kind::erect_domain_request:
            return "ErectDomainRequest";
        case Kind::disconnect_provider_ultimatum:
            return "DisconnectProviderUltimatum";
        case Kind::attach_user_request:
            return "AttachUserRequest";
        case Kind::attach_user_confirm:
            return "AttachUserConfirm";
        case Kind::channel_join_request:
            return "ChannelJoinRequest";
        case Kind::channel_join_confirm:
            return "ChannelJoinConfirm";
        case Kind::send_data_request:
            return "SendDataRequest";
        case Kind::send_data_indication:
            return "SendDataIndication";
        case Kind::other:
            return "other";
    }
    return "other";
}

namespace {

// [X.691] 13: one of sixteen takes four bits. Six of the choice and one that says whether an optional field follows
// stand before them, so that the first is in the choice's octet.
std::uint8_t per_result(std::uint8_t choice, std::uint8_t next) {
    return static_cast<std::uint8_t>((choice & 1U) << 3 | next >> 5);
}

}  // namespace

bytes::Parsed<DomainPdu> parse_domain_pdu(bytes::View tpdu, std::size_t base) {
    Cursor in{tpdu, base};
    const bytes::View head = in.peek(1);
    DomainPdu pdu;
    if (!head.empty() && head[0] == std::byte{0x7F}) {
        pdu = connect_pdu(in);
    } else {
        pdu.choice = in.u8("choice");
        switch (pdu.choice >> 2) {
            case 1:
                pdu.kind = Kind::erect_domain_request;
                break;
            case 8: {
                pdu.kind = Kind::disconnect_provider_ultimatum;
                const std::uint8_t second = in.u8("reason");
                pdu.reason = static_cast<std::uint8_t>((pdu.choice & 3U) << 1 | second >> 7);
                break;
            }
            case 10:
                pdu.kind = Kind::attach_user_request;
                break;
            case 11:
                pdu.kind = Kind::attach_user_confirm;
                pdu.result = per_result(pdu.choice, in.u8("result"));
                break;
            case 14:
                pdu.kind = Kind::channel_join_request;
                in.u16be("initiator");
                pdu.channel_id = in.u16be("channelId");
                break;
            case 15:
                pdu.kind = Kind::channel_join_confirm;
                pdu.result = per_result(pdu.choice, in.u8("result"));
                in.u16be("initiator");
                pdu.channel_id = in.u16be("requested");
                break;
            case 25:
                pdu.kind = Kind::send_data_request;
                send_data(in, pdu);
                break;
            case 26:
                pdu.kind = Kind::send_data_indication;
                send_data(in, pdu);
                break;
            default:
                break;
        }
    }
    if (in.error()) return *in.error();
    return pdu;
}

}  // namespace rdpdx::mcs
