using System.Text;
using Balancer.Http.Http1;
using BenchmarkDotNet.Attributes;

namespace Balancer.Benchmarks;

/// <summary>Taking the chunked coding off a body of 64 KB, and writing it.</summary>
[MemoryDiagnoser]
public class ChunkedBenchmarks
{
    private const int BodySize = 64 * 1024;

    private readonly byte[] _head = new byte[ChunkWriter.MaxHeadLength];
    private byte[] _body = [];
    private ChunkedDecoder _decoder = new(HeadLimits.Requests);

    [Params(64, 4096)]
    public int ChunkSize { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var chunk = $"{ChunkSize:x}\r\n{new string('a', ChunkSize)}\r\n";
        _body = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(chunk, BodySize / ChunkSize)) + "0\r\n\r\n");
    }

    [Benchmark]
    public int Decode()
    {
        _decoder.Reset();
        var input = _body.AsSpan();
        var total = 0;
        while (_decoder.Read(input, out var consumed, out var length) == ChunkedStatus.Payload)
        {
            total += length;
            input = input[consumed..];
        }

        return total;
    }

    [Benchmark]
    public int WriteHeads()
    {
        var total = 0;
        for (var i = 0; i < BodySize / ChunkSize; i++)
        {
            total += ChunkWriter.WriteHead(_head, ChunkSize);
        }

        return total;
    }
}
