/* The least that reading a capture with libpcap costs: every packet taken, a few of its bytes looked at. */
#include <pcap.h>
#include <stdio.h>

int main(int argc, char **argv) {
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *capture = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
    if (!capture) {
        fprintf(stderr, "usage: pcap_floor FILE\n");
        return 1;
    }
    struct pcap_pkthdr *header;
    const u_char *data;
    unsigned long packets = 0, bytes = 0, touched = 0;
    while (pcap_next_ex(capture, &header, &data) == 1) {
        packets++;
        bytes += header->caplen;
        if (header->caplen > 35) touched += data[12] + data[23] + data[34];
    }
    fprintf(stderr, "%lu packets %lu bytes %lx\n", packets, bytes, touched);
    pcap_close(capture);
    return 0;
}
