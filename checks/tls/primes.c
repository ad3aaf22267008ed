/* SPDX-License-Identifier: Apache-2.0 */
/* The well-known primes, by the first half of the SHA-256 of their bytes, in its order.
 * tests/tls/primes.txt has the numbers. */
#include "base/sha256.h"
#include "checks/tls/primes.h"

enum { DIGEST = 32, DIGITS = 32 };

struct row {
	char digest[DIGITS + 1];
	struct ml_tls_prime prime;
};

static const struct row rows[] = {
	{"0a64b51e01fbccd80d5c45d6c40b1eb7", {"ProFTPD", ML_PRIME_SAFE}},
	{"0b7835722cb619827610c2549fdda558", {"RFC 5114 group 24", ML_PRIME_OTHER}},
	{"0ce3987be0923295e23002daa633bb14", {"LibTomCrypt", ML_PRIME_SAFE}},
	{"0ea9ef1fd4b42cff37a02344a1097ca6", {"ProFTPD", ML_PRIME_SAFE}},
	{"0eaf67db3a839156d5013494a5318a77", {"RFC 7919 ffdhe3072", ML_PRIME_SAFE}},
	{"1401ba0d70afd57f87974faa52b4625f", {"ProFTPD", ML_PRIME_SAFE}},
	{"196085cb4281d1ff18efaad097bc1ec0", {"weakdh.org", ML_PRIME_SAFE}},
	{"20ce5e9531472e234e1ef76788a6f5f5", {"Postfix", ML_PRIME_SAFE}},
	{"227ac9066b3ddd9e193670cda2388fa8", {"RFC 7919 ffdhe6144", ML_PRIME_SAFE}},
	{"22e8c3768c4947ee7f9a8e6c8989e61d", {"LibTomCrypt", ML_PRIME_SAFE}},
	{"245ccb3bb7e5f8e431c3786ce8c84360", {"Postfix", ML_PRIME_SAFE}},
	{"2b07d24b932aa7a015c45a3f06e75ba7", {"weakdh.org", ML_PRIME_SAFE}},
	{"2f4370d98ffd18aa6be9a27957358735", {"ProFTPD", ML_PRIME_SAFE}},
	{"305f7cebce96e6c8a52b698643ba61ac", {"MySQL", ML_PRIME_SAFE}},
	{"3166ce19180005327a6059a2e7a4ed22", {"OpenSSL", ML_PRIME_SAFE}},
	{"3504275b93e5db8a692b4a5baeb4c4c7", {"ProFTPD", ML_PRIME_SAFE}},
	{"3576d07c0658c0230f4e4a4ad3255c68", {"ProFTPD", ML_PRIME_SAFE}},
	{"362b5d25eb8b949b20a3471ca880b253", {"LibTomCrypt", ML_PRIME_SAFE}},
	{"39ab4feab950a3128fb71accb9fc3965", {"RFC 3526 group 18", ML_PRIME_SAFE}},
	{"3b37d357836b4c0b81ae99d4bb204f5f", {"Postfix", ML_PRIME_SAFE}},
	{"3cdb020b9ef298b2f3f6cf5a872af527", {"Apache mod_ssl", ML_PRIME_SAFE}},
	{"3e21a641dbe236fd883f1a293f3c3a31", {"ProFTPD", ML_PRIME_SAFE}},
	{"3f35a3f5f6c4376a744acad409bb22f8", {"RFC 2409 group 2", ML_PRIME_SAFE}},
	{"406b95f336f4588f7f07b7ab86923cc9", {"ProFTPD", ML_PRIME_SAFE}},
	{"449ab49c277d21a601e806df3064d6e4", {"Postfix", ML_PRIME_SAFE}},
	{"44c55cfee5c075927cf682da5b681bde", {"RFC 5114 group 22", ML_PRIME_OTHER}},
	{"4648414224ac881b3d0dc59b466f96d0", {"RFC 7919 ffdhe4096", ML_PRIME_SAFE}},
	{"46ff79361993e5e6e9025cdfdb8d59af", {"ProFTPD", ML_PRIME_SAFE}},
	{"486e235226a927b22b9389bf43377084", {"HAProxy", ML_PRIME_SAFE}},
	{"48cf8b092fbce4359d9871abf74f98e2", {"RFC 3526 group 15", ML_PRIME_SAFE}},
	{"4e1f16b0a537becf0398e0d6049ed828", {"Postfix", ML_PRIME_SAFE}},
	{"4ee95187682bcb230ad26a95205f6920", {"RFC 3526 group 16", ML_PRIME_SAFE}},
	{"52d4faa53003b8349dac3e984a6423bc", {"weakdh.org", ML_PRIME_SAFE}},
	{"5de6d78891cd9a759d1eeada93bf0183", {"ProFTPD", ML_PRIME_SAFE}},
	{"5f856a00120eee6d6b87ef8f596aefbb", {"weakdh.org", ML_PRIME_SAFE}},
	{"6215d41bb617b390082b066d6856f8b3", {"SKIP", ML_PRIME_SAFE}},
	{"64fcc83ec403930bf18393dbc883ccaa", {"RFC 3526 group 5", ML_PRIME_SAFE}},
	{"66d0bf38b0bdfacf2fdae33f35102ab6", {"OpenSSL", ML_PRIME_SAFE}},
	{"6ab0cedf512ead33f4827d0a9aa9a4b8", {"ProFTPD", ML_PRIME_SAFE}},
	{"6b79f7880e90204b6f8cb64f4bea6ea6", {"ProFTPD", ML_PRIME_SAFE}},
	{"6c863838510bab3e2093066fc14976f0", {"Postfix", ML_PRIME_SAFE}},
	{"725541d91fe79bcf52e6d96581d83ab8", {"SKIP", ML_PRIME_SAFE}},
	{"73b391ec8da33ee197aed17d7cfce132", {"Java", ML_PRIME_OTHER}},
	{"74a5cce5b6a93eb755e2f48250dc7cb3", {"weakdh.org", ML_PRIME_OTHER}},
	{"770b14efaf6f049929c523113b3fa99a", {"RFC 7919 ffdhe8192", ML_PRIME_SAFE}},
	{"7b6551ea6ff09bd78c24bede10980a15", {"HAProxy", ML_PRIME_SAFE}},
	{"7dafc874c19963c0dd38e642bf1f3ad9", {"Postfix", ML_PRIME_SAFE}},
	{"80571b97f71f89727ab0c40bb73b4f01", {"weakdh.org", ML_PRIME_SAFE}},
	{"80b421f627228225bc69d267f5f3d61e", {"ProFTPD", ML_PRIME_SAFE}},
	{"8523c72057043833089915168751620b", {"weakdh.org", ML_PRIME_SAFE}},
	{"8ab7986eaa2c27eb246db536093c8147", {"LibTomCrypt", ML_PRIME_SAFE}},
	{"8ae47dca3d24e9b64640062686da234d", {"nginx before 1.11", ML_PRIME_SAFE}},
	{"8b4fa096eb2414e26babeef0e3e68eb7", {"ProFTPD", ML_PRIME_SAFE}},
	{"8bf91c38e2a92b253a362a9b7c723e3a", {"LibTomCrypt", ML_PRIME_SAFE}},
	{"984a91adb717c9753fd52ab8c4659b6f", {"ProFTPD", ML_PRIME_SAFE}},
	{"9cd3b7f336872f46c09428d1bbc19877", {"RFC 7919 ffdhe2048", ML_PRIME_SAFE}},
	{"9e348a9471b7d123aa97071e38288379", {"OpenSSL", ML_PRIME_SAFE}},
	{"9f5e9f4e49f8499926f4bfd7cffcd0ec", {"ProFTPD", ML_PRIME_SAFE}},
	{"a2052ee3a461387eb489dfb4166f5b91", {"ProFTPD", ML_PRIME_SAFE}},
	{"a5bdec8cf036e2ab8f8b4bb68c726ea8", {"ProFTPD", ML_PRIME_SAFE}},
	{"a642950d9c2cdc78d1e9659efbd21d4b", {"LibTomCrypt", ML_PRIME_SAFE}},
	{"a67f41cb161353e098a815bf4070d326", {"HAProxy", ML_PRIME_SAFE}},
	{"ac0ff7a415f003c6503d4c126f292976", {"weakdh.org", ML_PRIME_SAFE}},
	{"ac10fa3c5965ca361c07b3511140eb0a", {"Socat", ML_PRIME_COMPOSITE}},
	{"ad225f9367840e76af41a00757b85ead", {"Postfix", ML_PRIME_SAFE}},
	{"adaf2d463f6f71d615f9db387a068817", {"ProFTPD", ML_PRIME_SAFE}},
	{"af52b9a85beb36813a7fa7a605eaa1fd", {"LiteSpeed", ML_PRIME_SAFE}},
	{"b22223eba55eff07fda0073c0bb7f65c", {"Postfix", ML_PRIME_SAFE}},
	{"b36ac84e5fa8bd7a6363e1fb989456e4", {"Postfix", ML_PRIME_SAFE}},
	{"b52ba6a3026520a6c49d37e458760180", {"RFC 2409 group 1", ML_PRIME_SAFE}},
	{"b85e2291d140459398cf0cd25689409c", {"Postfix", ML_PRIME_SAFE}},
	{"bc19c041491e550f381d09415a82e1b3", {"weakdh.org", ML_PRIME_SAFE}},
	{"bc66927384785251c604a3836e404756", {"Postfix", ML_PRIME_SAFE}},
	{"bd132a9c3bb1b0db7199048b7ca00215", {"ProFTPD", ML_PRIME_SAFE}},
	{"bd646809c4e2d255e7082482b9917c2d", {"Postfix", ML_PRIME_SAFE}},
	{"bf910d9df4e0b2e76cda7443f592aa11", {"Apache mod_ssl", ML_PRIME_SAFE}},
	{"bfa876fe4671a9c696c8e256c13d7fad", {"IronPort", ML_PRIME_SAFE}},
	{"bfe545862ca102ad1eeddb5fbfa5bf85", {"RFC 5114 group 23", ML_PRIME_OTHER}},
	{"c43bb4fe47a641335004ca606398421b", {"ProFTPD", ML_PRIME_SAFE}},
	{"cc21a33dd1a3edf40bf636b5496e4aed", {"Java", ML_PRIME_OTHER}},
	{"ce7728db3aed1119a82b9f17b17df9f8", {"OpenSSL", ML_PRIME_SAFE}},
	{"cf44c99b85dabecceda32d2b089ec28f", {"ProFTPD", ML_PRIME_SAFE}},
	{"cfb14315e90c3ce241b5351aec1bff5e", {"ProFTPD", ML_PRIME_SAFE}},
	{"d03fdc7fe0f0d300624dd6d8a1682855", {"Socat", ML_PRIME_SAFE}},
	{"d1bfe6d0925ce7e4da262b62861514a7", {"RFC 3526 group 17", ML_PRIME_SAFE}},
	{"d2ae65bfc24596c0333a3ad57a67565d", {"Postfix", ML_PRIME_SAFE}},
	{"d3d1fa2923c8dc2da6783a7f2e8f3c08", {"ProFTPD", ML_PRIME_SAFE}},
	{"d66436f79bbd6b2e38c0ffbd079be904", {"RFC 3526 group 14", ML_PRIME_SAFE}},
	{"d6dcdf1380fcf5d1edae326fe1e1db5b", {"LibTomCrypt", ML_PRIME_SAFE}},
	{"d9f6f2a0adb3427cbe12b007049b842b", {"LibTomCrypt", ML_PRIME_SAFE}},
	{"db01e702899166da28c9bc7896af62bc", {"Apache mod_ssl", ML_PRIME_SAFE}},
	{"deb671287187265a5383df13708d3a75", {"weakdh.org", ML_PRIME_SAFE}},
	{"e2b343fa226b71092716a0cefea064b0", {"Postfix", ML_PRIME_SAFE}},
	{"e7257339c7b3c36b4fe270802723e6b2", {"ProFTPD", ML_PRIME_SAFE}},
	{"eba4ea9cdaf56d1c93fdf9b358f33148", {"ProFTPD", ML_PRIME_SAFE}},
	{"ee302f149664decf1b364551326625cf", {"Postfix", ML_PRIME_SAFE}},
	{"ee5483fe4b96caa10cb5b863ec409aab", {"Java", ML_PRIME_OTHER}},
	{"ef627d8cc44144f36a075d8dd8511bbd", {"Postfix", ML_PRIME_SAFE}},
	{"f17daff1413023f299ae1a1a309fc495", {"ProFTPD", ML_PRIME_SAFE}},
	{"f26e2403f3f07946654404909f0ff81d", {"OpenSSL", ML_PRIME_SAFE}},
	{"f5b0f0db19c1ffb9edd48c27d552e0c6", {"Postfix", ML_PRIME_SAFE}},
	{"f79d1db3c955a28fdeca462670a0712e", {"Apache mod_ssl", ML_PRIME_SAFE}},
	{"fb2de97ce408f3d2b00cda7e436e0e9f", {"ProFTPD", ML_PRIME_SAFE}},
};

/* Without the zeroes in front. */
static struct ml_str significant(struct ml_str number)
{
	size_t zeroes = 0;

	while (zeroes < number.len && number.ptr[zeroes] == 0)
		zeroes++;
	return ml_str_sub(number, zeroes, number.len);
}

const struct ml_tls_prime *ml_tls_prime_known(struct ml_str number)
{
	size_t low = 0, high = sizeof(rows) / sizeof(rows[0]);
	char hex[2 * DIGEST + 1];
	uint8_t digest[DIGEST];

	ml_sha256(significant(number), digest);
	ml_hex(digest, DIGEST, hex);
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = memcmp(hex, rows[middle].digest, DIGITS);
		if (order == 0)
			return &rows[middle].prime;
		low = order > 0 ? middle + 1 : low;
		high = order < 0 ? middle : high;
	}
	return NULL;
}

size_t ml_tls_prime_bits(struct ml_str number)
{
	struct ml_str rest = significant(number);
	size_t bits = rest.len * 8;

	for (unsigned first = rest.len ? (unsigned char)rest.ptr[0] : 0x80; first < 0x80; first <<= 1)
		bits--;
	return bits;
}
