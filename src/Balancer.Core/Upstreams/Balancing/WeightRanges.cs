namespace Balancer.Upstreams.Balancing;

/// <summary>The servers of a group laid end to end, each as long as its weight; servers that are down keep their place, so that the others keep theirs.</summary>
internal sealed class WeightRanges
{
    private readonly int[] _starts;

    public WeightRanges(ReadOnlySpan<UpstreamServer> servers)
    {
        _starts = new int[servers.Length];
        for (var i = 0; i < servers.Length; i++)
        {
            _starts[i] = Total;
            Total += servers[i].Config.Weight;
        }
    }

    /// <summary>The sum of all weights.</summary>
    public int Total { get; }

    /// <summary>The server at a point from 0 to <see cref="Total"/> - 1.</summary>
    public int At(int point)
    {
        var low = 0;
        var high = _starts.Length;
        while (high - low > 1)
        {
            var middle = (low + high) >>> 1;
            if (point < _starts[middle])
            {
                high = middle;
            }
            else
            {
                low = middle;
            }
        }

        return low;
    }
}
