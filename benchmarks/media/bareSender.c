// Encrypts and sends packets with nothing around it: the least that the operating system and OpenSSL need for that.
//
// Arguments: players, milliseconds, what to do, and the port of each player. What to do is one of
//   sockets   encrypt, and send each packet on a socket of its own, as Sigchart does
//   together  encrypt, and send all packets of a round on one socket with one system call
//   encrypt   encrypt only
// Writes microseconds of CPU for each packet, and how many of them the kernel took, as JSON.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

enum { payload_bytes = 1200, header_bytes = 28, tag_bytes = 16, packet_bytes = payload_bytes + header_bytes + tag_bytes };
enum { round_ms = 10, most_players = 1000 };

static unsigned char payload[payload_bytes], header[header_bytes], packets[most_players][packet_bytes];
static EVP_CIPHER_CTX *ciphers[most_players];
static int sockets[most_players];
static struct sockaddr_in players[most_players];
static struct iovec vectors[most_players];
static struct mmsghdr messages[most_players];

static void encrypt(EVP_CIPHER_CTX *cipher, unsigned number, unsigned char *packet) {
  unsigned char vector[12] = {0};
  int length;
  memcpy(vector, &number, sizeof number);
  memcpy(packet, header, header_bytes);
  EVP_EncryptInit_ex(cipher, NULL, NULL, NULL, vector);
  EVP_EncryptUpdate(cipher, NULL, &length, header, header_bytes);
  EVP_EncryptUpdate(cipher, packet + header_bytes, &length, payload, payload_bytes);
  EVP_EncryptFinal_ex(cipher, packet + header_bytes + payload_bytes, &length);
  EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, tag_bytes, packet + header_bytes + payload_bytes);
}

static double microseconds(struct timeval time) { return time.tv_sec * 1e6 + time.tv_usec; }

int main(int count, char **arguments) {
  if (count < 4) return 1;
  const int number_of_players = atoi(arguments[1]);
  const int rounds = atoi(arguments[2]) / round_ms;
  const char *what = arguments[3];
  const int together = strcmp(what, "together") == 0, sends = strcmp(what, "encrypt") != 0;
  if (number_of_players > most_players || (sends && count < 4 + number_of_players)) return 1;
  RAND_bytes(payload, sizeof payload);
  for (int index = 0; index < number_of_players; index += 1) {
    unsigned char key[16];
    RAND_bytes(key, sizeof key);
    ciphers[index] = EVP_CIPHER_CTX_new();
    EVP_EncryptInit_ex(ciphers[index], EVP_aes_128_gcm(), NULL, key, NULL);
    if (!sends) continue;
    sockets[index] = together && index > 0 ? sockets[0] : socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    players[index] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[4 + index]))};
    players[index].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    vectors[index] = (struct iovec){packets[index], packet_bytes};
    messages[index].msg_hdr = (struct msghdr){
        .msg_name = &players[index], .msg_namelen = sizeof players[index], .msg_iov = &vectors[index], .msg_iovlen = 1};
  }

  struct rusage before, after;
  struct timespec next;
  unsigned number = 0;
  getrusage(RUSAGE_SELF, &before);
  clock_gettime(CLOCK_MONOTONIC, &next);
  for (int round = 0; round < rounds; round += 1) {
    for (int index = 0; index < number_of_players; index += 1) {
      encrypt(ciphers[index], number++, packets[index]);
      if (sends && !together)
        sendto(sockets[index], packets[index], packet_bytes, 0, (struct sockaddr *)&players[index], sizeof players[index]);
    }
    if (together) sendmmsg(sockets[0], messages, (unsigned)number_of_players, 0);
    next.tv_nsec += round_ms * 1000000;
    if (next.tv_nsec >= 1000000000) next.tv_sec += 1, next.tv_nsec -= 1000000000;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
  }
  getrusage(RUSAGE_SELF, &after);
  const double system = microseconds(after.ru_stime) - microseconds(before.ru_stime);
  const double user = microseconds(after.ru_utime) - microseconds(before.ru_utime);
  printf("{\"packetUs\":%.3f,\"systemUs\":%.3f}\n", (user + system) / number, system / number);
  return 0;
}
