"""Computes test vectors for Signature Version 4 requests to the AWS STS Query API.

    pip install botocore==1.43.11
    python3 vectors.py > vectors.properties

botocore's own SigV4Auth computes every expected value of the signature, and urllib the form encoding. This file only
says what to sign, notes what SigV4Auth's methods return, and writes it down as a java.util.Properties file.
"""

import base64
import datetime
import string
from unittest import mock
from urllib.parse import quote

import botocore
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

CONTENT_TYPE = 'application/x-www-form-urlencoded; charset=utf-8'

HEADER = f'''\
# Test vectors for Signature Version 4 requests to the AWS STS Query API: POST, form body, no query.
# botocore {botocore.__version__} (botocore.auth.SigV4Auth) computed the expected values: canonicalRequest, stringToSign,
# signingKey, signature and authorization; Python's urllib.parse.quote encoded the body. The keys are made up.
# Generated, do not edit. To regenerate: python3 vectors.py > vectors.properties
#
# Given: accessKeyId, secretAccessKey, sessionToken (absent when there is none), region, endpoint, instant and parameters
# (one per line, in the order of the body, NAME=VALUE not encoded, split at the first =).
# Signed headers: content-type ({CONTENT_TYPE}), host, x-amz-date, x-amz-security-token if any.
'''

ALL_PRINTABLE_ASCII = ''.join(map(chr, range(0x20, 0x7F)))
POLICY = ('{"Version":"2012-10-17","Statement":[{"Sid":"ReadOnly","Effect":"Allow","Action":["s3:Get*","s3:List*"],'
          '"Resource":"arn:aws:s3:::example-bucket/${aws:username}/*","Condition":{"StringLike":{"aws:UserAgent":"*"}}}]}')
CALLER_IDENTITY = [('Action', 'GetCallerIdentity'), ('Version', '2011-06-15')]
SESSION_TOKEN = 'FwoGExample+Session/Token+With/Every+Base64/Sign=='
LONG_SESSION_TOKEN = base64.b64encode(bytes(i * 89 % 256 ^ i // 256 for i in range(1537))).decode()


def named(name):
    """GetFederationToken with the given name; its parameters are not in alphabetical order."""
    return [('Version', '2011-06-15'), ('Action', 'GetFederationToken'), ('Name', name), ('DurationSeconds', '3600')]


def tagged(value):
    """AssumeRole with a tag of the given value, in the middle of the body."""
    return [('Action', 'AssumeRole'), ('Version', '2011-06-15'), ('RoleArn', 'arn:aws:iam::123456789012:role/Example'),
            ('Tags.member.1.Key', 'Tag'), ('Tags.member.1.Value', value), ('RoleSessionName', 'example')]


# Each is the title and what differs from the defaults in vector(), below.
VECTORS = [
    # Regions and partitions
    ('The region us-east-1 at its regional endpoint, without a session token.', {}),
    ('The region eu-central-1.', dict(region='eu-central-1')),
    ('The region ap-southeast-2.', dict(region='ap-southeast-2')),
    ('The partition aws-cn, whose domain is amazonaws.com.cn.',
     dict(region='cn-north-1', endpoint='https://sts.cn-north-1.amazonaws.com.cn')),
    ('The partition aws-us-gov.', dict(region='us-gov-west-1')),
    ('The partition aws-eusc, whose domain is amazonaws.eu.',
     dict(region='eusc-de-east-1', endpoint='https://sts.eusc-de-east-1.amazonaws.eu')),
    ('The partition aws-iso, whose domain is c2s.ic.gov.',
     dict(region='us-iso-east-1', endpoint='https://sts.us-iso-east-1.c2s.ic.gov')),
    ('The global endpoint is signed for us-east-1.', dict(endpoint='https://sts.amazonaws.com')),
    # Credentials
    ('A session token with +, / and = is signed as it is.', dict(token=SESSION_TOKEN)),
    ('A session token of some 2000 characters is signed whole.', dict(token=LONG_SESSION_TOKEN)),
    ('A secret access key with + and / is used as it is.', dict(secret='+NotARealSecret/Key+For/Test+Vectors/00+')),
    ('A session token, another region and an encoded body together.',
     dict(token=SESSION_TOKEN, region='eu-central-1', parameters=tagged('a b+c/d=e'))),
    # Parameters: one character at a time
    ('A space becomes %20, not +.', dict(parameters=named('a b'))),
    ('Spaces at both ends of a value and two in a row are kept.', dict(parameters=tagged('  a  b  '))),
    ('A plus sign becomes %2B.', dict(parameters=named('a+b'))),
    ('A tilde is not encoded.', dict(parameters=named('a~b'))),
    ('An asterisk becomes %2A.', dict(parameters=named('a*b'))),
    ('A slash becomes %2F.', dict(parameters=named('a/b'))),
    ('An equals sign in a value becomes %3D.', dict(parameters=named('=a=b='))),
    ('An ampersand in a value becomes %26.', dict(parameters=named('a&b'))),
    ('A percent sign becomes %25.', dict(parameters=named('100%'))),
    ('A value that looks encoded already is encoded once more.', dict(parameters=named('a%20b%2fc'))),
    ('Double quotes become %22.', dict(parameters=named('"a"'))),
    ('Apostrophes become %27.', dict(parameters=named("'a'"))),
    ('A comma becomes %2C.', dict(parameters=named('a,b'))),
    ('An at sign becomes %40.', dict(parameters=named('user@example.com'))),
    ('A backslash becomes %5C.', dict(parameters=named('a\\b\\'))),
    ('A tab becomes %09.', dict(parameters=named('a\tb'))),
    ('Exclamation mark, parentheses, number sign, colon and semicolon are encoded.', dict(parameters=named('!(#:;)'))),
    ('The unreserved characters are not encoded.',
     dict(parameters=named(string.ascii_letters + string.digits + '-._~'))),
    # Parameters: together, beyond ASCII, names
    ('The special characters together.', dict(parameters=tagged(' +~*/=&%"\',@ '))),
    ('All printable characters of ASCII.', dict(parameters=tagged(ALL_PRINTABLE_ASCII))),
    ('A JSON policy.', dict(parameters=named('example') + [('Policy', POLICY)])),
    ('A letter of two bytes in UTF-8.', dict(parameters=named('Ren\u00e9e'))),
    ('A letter and a combining accent are not composed.', dict(parameters=named('Rene\u0301e'))),
    ('Japanese, of three bytes a character in UTF-8.', dict(parameters=named('\u65e5\u672c\u8a9e'))),
    ('An emoji outside the BMP is four bytes in UTF-8, not two encoded surrogates.',
     dict(parameters=named('a\U0001f600b'))),
    ('An empty value in the middle keeps its equals sign.', dict(parameters=tagged(''))),
    ('An empty value at the end keeps its equals sign.', dict(parameters=CALLER_IDENTITY + [('Name', '')])),
    ('The name of a parameter is encoded, too.', dict(parameters=CALLER_IDENTITY + [('a b+\u00e9/%', 'c=d')])),
    # Host
    ('The port of an http endpoint is part of host.', dict(endpoint='http://127.0.0.1:4566')),
    ('Port 443 is not part of host with https.', dict(endpoint='https://sts.us-east-1.amazonaws.com:443')),
    ('Port 8443 is part of host with https.', dict(endpoint='https://sts.example.com:8443')),
    ('Port 80 is not part of host with http.', dict(endpoint='http://127.0.0.1:80')),
    ('Port 80 is part of host with https.', dict(endpoint='https://sts.example.com:80')),
    ('Port 443 is part of host with http.', dict(endpoint='http://localhost:443')),
    ('An IPv6 address keeps its brackets in host.', dict(endpoint='http://[::1]:8080')),
    ('An IPv6 address without a port keeps its brackets in host.', dict(endpoint='http://[::1]')),
    # Path
    ('The path / is the same as none.', dict(endpoint='https://sts.us-east-1.amazonaws.com/')),
    ('A path that ends in a slash keeps it.', dict(endpoint='https://sts.example.com/sts/')),
    ('A path that does not end in a slash.', dict(endpoint='https://sts.example.com/proxy/sts')),
    ('A percent-escape in the path is encoded once more.', dict(endpoint='https://sts.example.com/a%20b/')),
    ('In the path ~ - . _ and / stay, and the other signs are encoded.',
     dict(endpoint='https://sts.example.com/~a-b.c_d/e+f,g@h=i:j*k/l')),
    # Time
    ('The first second of a year.', dict(instant='2026-01-01T00:00:00Z')),
    ('The last second of a year.', dict(instant='2026-12-31T23:59:59Z')),
    ('Midnight in the middle of a year.', dict(instant='2026-07-15T00:00:00Z')),
    ('A leap day.', dict(instant='2028-02-29T12:34:56Z')),
]


class Recorder(SigV4Auth):
    """SigV4Auth that notes what its own methods return."""

    def canonical_request(self, request):
        self.noted_canonical_request = super().canonical_request(request)
        return self.noted_canonical_request

    def string_to_sign(self, request, canonical_request):
        self.noted_string_to_sign = super().string_to_sign(request, canonical_request)
        return self.noted_string_to_sign

    def _sign(self, key, msg, hex=False):
        if hex:  # the last step of signature(): its key is the signing key
            self.noted_signing_key = key.hex()
        return super()._sign(key, msg, hex)

    def signature(self, string_to_sign, request):
        self.noted_signature = super().signature(string_to_sign, request)
        return self.noted_signature


def vector(number, region='us-east-1', endpoint=None, secret=None, token=None, parameters=CALLER_IDENTITY, instant=None):
    """What is given and expected, by the keys of the file."""
    endpoint = endpoint or f'https://sts.{region}.amazonaws.com'
    secret = secret or f'NotARealSecretKeyForTestVectorNumber{number:04}'
    access_key = f'AKIDEXAMPLE{number:09}'
    time = (datetime.datetime.fromisoformat(instant.removesuffix('Z')) if instant
            else datetime.datetime(2026, 1, 2, 3, 4, 5) + number * datetime.timedelta(days=5, hours=7, seconds=61))

    body = '&'.join(f"{quote(name, safe='-._~')}={quote(value, safe='-._~')}" for name, value in parameters)
    request = AWSRequest('POST', endpoint, {'Content-Type': CONTENT_TYPE}, body.encode('ascii'))
    auth = Recorder(Credentials(access_key, secret, token), 'sts', region)
    with mock.patch('botocore.auth.get_current_datetime', return_value=time):
        auth.add_auth(request)

    given = {'accessKeyId': access_key, 'secretAccessKey': secret, 'sessionToken': token, 'region': region,
             'endpoint': endpoint, 'instant': time.isoformat() + 'Z',
             'parameters': '\n'.join(f'{name}={value}' for name, value in parameters)}
    expected = {'body': body, 'canonicalRequest': auth.noted_canonical_request, 'stringToSign': auth.noted_string_to_sign,
                'signingKey': auth.noted_signing_key, 'signature': auth.noted_signature,
                'authorization': request.headers['Authorization']}
    return {key: value for key, value in (given | expected).items() if value is not None}


def escape(value):
    """The value as java.util.Properties stores it."""
    named_escapes = {'\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\f': '\\f',
                     '=': '\\=', ':': '\\:', '#': '\\#', '!': '\\!'}
    units = value.encode('utf-16-be')
    escaped = ''
    for unit in (int.from_bytes(units[i:i + 2], 'big') for i in range(0, len(units), 2)):
        char = chr(unit)
        escaped += named_escapes.get(char) or (char if 0x20 <= unit < 0x7F else f'\\u{unit:04X}')
    return '\\' + escaped if escaped.startswith(' ') else escaped


def main():
    print(HEADER, end='')
    for number, (title, differences) in enumerate(VECTORS, 1):
        print()
        for key, value in ({'title': title} | vector(number, **differences)).items():
            print(f'{number:02}.{key}={escape(value)}')


if __name__ == '__main__':
    main()
